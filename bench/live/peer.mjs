// The peer that the product is measured against: a plain Node socket.io server that stores the
// same row and sends the same bytes, without accounts, permissions or a data model.
//
//   node peer.mjs PORT DATABASE TEMPLATE
//
// TEMPLATE is a file of JSON: `{snapshot, event, row}` as the product gave them.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Server } from 'socket.io';

const [port, file, template] = process.argv.slice(2);
const { snapshot, event, row } = JSON.parse(readFileSync(template, 'utf8'));

const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
const names = Object.keys(row);
database.exec(`CREATE TABLE meeting_log (id INTEGER PRIMARY KEY, ${names.join(', ')})`);
const insert = database.prepare(
  `INSERT INTO meeting_log (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
);

let revision = snapshot.revision;
const http = createServer();
const io = new Server(http, { pingInterval: 20000, pingTimeout: 20000 });
const room = `meeting:${snapshot.meeting_id}`;

io.on('connection', (socket) => {
  socket.on('subscribe', (_request, answer) => {
    socket.join(room);
    answer({ ok: true, revision, snapshot: { ...snapshot, revision } });
  });
  socket.on('command', ({ request_id }, answer) => {
    revision += 1;
    database.exec('BEGIN IMMEDIATE');
    insert.run(...Object.values({ ...row, revision, request_id }));
    database.exec('COMMIT');
    const { revision: _old, meeting_id, ...rest } = event;
    io.to(room).emit('event', { meeting_id, revision, ...rest, request_id });
    answer({ ok: true, revision, result: Object.values(event.changed)[0] });
  });
});

http.listen(Number(port), '127.0.0.1');
