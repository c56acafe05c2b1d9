/* Many Socket.IO readers of one meeting in one light process, and one who gives commands.
 *
 *   readers PORT MEETING_ID ITEM_ID TOKENS fanout READERS WARM_UP COMMANDS
 *   readers PORT MEETING_ID ITEM_ID TOKENS storm  READERS SECONDS
 *
 * TOKENS is a file with a token per line; the first is the secretary's, the others are given
 * to the readers in turn. Talks to 127.0.0.1 only. When everybody has subscribed it prints
 * `ready` and waits for a line on its input. Then:
 *
 *   fanout: command after command, the next once every reader has heard of the one before and
 *           a short pause is over; prints how long each took from being sent until the last
 *           reader had its event, and the delays of all readers.
 *   storm:  all readers hang up and come back, spread evenly over SECONDS; prints how long
 *           until all had their snapshot, and how long each one waited.
 *
 * Times are in milliseconds. Everything is printed as one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLOSED, CONNECTING, SHAKING, OPENING, JOINING, SUBSCRIBING, READY };
enum { PAUSE_MS = 30, AT_ONCE = 50, TIMEOUT_MS = 60000, MOST_TOKENS = 10000 };

struct reader {
    int fd, state, token;
    long revision;
    double since;      /* when it began to connect */
    char *held;        /* the start of a frame that has not wholly come */
    size_t held_bytes;
};

static struct reader *readers;
static int number, poller, ready, port;
static const char *meeting, *item;
static char *tokens[MOST_TOKENS];
static int token_count;
static long disorder, gone;
static char buffer[1 << 20];

/* What is being measured. */
static long awaited;            /* the revision that everybody waits for */
static int heard, answered;
static double sent_at, *delays;
static long delay_count;
static int storming;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static void put(struct reader *r, const char *data, size_t bytes) {
    /* What we send is small beside the kernel's buffer. */
    if (write(r->fd, data, bytes) != (ssize_t)bytes) die("cannot write: %s", strerror(errno));
}

static void say(struct reader *r, const char *format, ...) {
    static unsigned char out[65536];
    va_list args;
    va_start(args, format);
    size_t length = vsnprintf((char *)out + 8, sizeof out - 8, format, args);
    va_end(args);
    /* The mask is zero, so the text stays as it is. */
    unsigned char *head = length < 126 ? out + 2 : out;
    head[0] = 0x81;
    if (length < 126) {
        head[1] = 0x80 | length;
    } else {
        head[1] = 0x80 | 126;
        head[2] = length >> 8;
        head[3] = length & 255;
    }
    memset(out + 4, 0, 4);
    put(r, (char *)head, out + 8 + length - head);
}

static void begin(struct reader *r) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (r->fd < 0) die("no socket: %s", strerror(errno));
    int one = 1;
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(r->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("cannot connect: %s", strerror(errno));
    r->state = CONNECTING;
    r->since = now();
    struct epoll_event e = {.events = EPOLLOUT, .data.ptr = r};
    epoll_ctl(poller, EPOLL_CTL_ADD, r->fd, &e);
}

static void end(struct reader *r) {
    if (r->state == READY) ready--;
    close(r->fd);
    free(r->held);
    r->held = NULL;
    r->held_bytes = 0;
    r->state = CLOSED;
}

static void message(struct reader *r, char *text, size_t length) {
    if (length == 1 && text[0] == '2') {
        say(r, "3");
        return;
    }
    switch (r->state) {
    case OPENING:
        if (text[0] != '0') die("no open packet: %.80s", text);
        say(r, "40{\"token\":\"%s\"}", tokens[r->token]);
        r->state = JOINING;
        return;
    case JOINING:
        if (length < 2 || memcmp(text, "40", 2)) die("not let in: %.200s", text);
        say(r, "420[\"subscribe\",{\"meeting_id\":%s}]", meeting);
        r->state = SUBSCRIBING;
        return;
    case SUBSCRIBING:
        if (length < 3 || memcmp(text, "430", 3)) return;
        char *start = memmem(text, length < 400 ? length : 400, "\"revision\":", 11);
        if (!start) die("no revision: %.200s", text);
        r->revision = atol(start + 11);
        r->state = READY;
        ready++;
        if (storming) delays[delay_count++] = now() - r->since;
        return;
    default:
        if (length > 10 && !memcmp(text, "42[\"event\"", 10)) {
            char *found = memmem(text, length, "\"revision\":", 11);
            long revision = found ? atol(found + 11) : 0; /* the event's own comes first */
            if (revision != r->revision + 1) disorder++;
            r->revision = revision;
            if (revision == awaited) {
                heard++;
                if (delays) delays[delay_count++] = now() - sent_at;
            }
        } else if (length > 2 && !memcmp(text, "43", 2)) {
            if (!memmem(text, length, "\"ok\":true", 9)) die("refused: %.300s", text);
            answered++;
        }
    }
}

/* Takes whole frames from the data; returns how many bytes they were. */
static size_t frames(struct reader *r, char *data, size_t bytes) {
    size_t at = 0;
    if (r->state == SHAKING) {
        char *stop = memmem(data, bytes, "\r\n\r\n", 4);
        if (!stop) return 0;
        if (memcmp(data, "HTTP/1.1 101", 12)) die("no WebSocket: %.100s", data);
        at = stop + 4 - data;
        r->state = OPENING;
    }
    while (bytes - at >= 2) {
        unsigned char *head = (unsigned char *)data + at;
        size_t length = head[1] & 127, skip = 2;
        if (length == 126) {
            if (bytes - at < 4) break;
            length = head[2] << 8 | head[3];
            skip = 4;
        } else if (length == 127) {
            if (bytes - at < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | head[i];
            skip = 10;
        }
        if (bytes - at < skip + length) break;
        if ((head[0] & 15) == 1) message(r, data + at + skip, length);
        at += skip + length;
    }
    return at;
}

static void readable(struct reader *r) {
    for (;;) {
        if (r->held_bytes) memcpy(buffer, r->held, r->held_bytes);
        ssize_t got = read(r->fd, buffer + r->held_bytes, sizeof buffer - r->held_bytes);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            gone++;
            end(r);
            return;
        }
        size_t have = r->held_bytes + got, used = frames(r, buffer, have);
        r->held_bytes = have - used;
        r->held = realloc(r->held, r->held_bytes + 1);
        memcpy(r->held, buffer + used, r->held_bytes);
        if (have < sizeof buffer) return;
    }
}

static void turn(int wait) {
    struct epoll_event events[512];
    int count = epoll_wait(poller, events, 512, wait);
    for (int i = 0; i < count; i++) {
        struct reader *r = events[i].data.ptr;
        if (r->state == CLOSED) continue;
        if (r->state == CONNECTING) {
            static char ask[512];
            int bytes = snprintf(ask, sizeof ask,
                                 "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                                 "Host: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                                 port);
            put(r, ask, bytes);
            r->state = SHAKING;
            struct epoll_event e = {.events = EPOLLIN, .data.ptr = r};
            epoll_ctl(poller, EPOLL_CTL_MOD, r->fd, &e);
        } else {
            readable(r);
        }
    }
}

static void gather(void) {
    double limit = now() + TIMEOUT_MS;
    for (int begun = 0; ready < number;) {
        while (begun < number && begun - ready < AT_ONCE) begin(&readers[begun++]);
        turn(100);
        if (now() > limit) die("only %d of %d readers came", ready, number);
    }
}

static int ascending(const void *a, const void *b) {
    double x = *(double *)a, y = *(double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, long count, double q) {
    return count ? values[(long)(q * (count - 1))] : 0;
}

static void wait_for_a_line(void) {
    printf("ready\n");
    fflush(stdout);
    fcntl(0, F_SETFL, O_NONBLOCK);
    char c;
    while (read(0, &c, 1) != 1) turn(50);
}

static double command(long n) {
    static const char *text =
        "Ủy ban nhân dân xã báo cáo tiến độ giải ngân vốn các Chương trình mục tiêu quốc gia; "
        "khối lượng hoàn thành đạt 62% kế hoạch, còn vướng thủ tục đất đai ở hai công trình.";
    awaited = readers[0].revision + 1;
    heard = answered = 0;
    sent_at = now();
    say(&readers[0],
        "42%ld[\"command\",{\"meeting_id\":%s,\"name\":\"discussion.add\",\"request_id\":"
        "\"bench-%d-%ld\",\"args\":{\"item_id\":%s,\"kind\":\"opinion\",\"text\":\"%s\"}}]",
        n, meeting, getpid(), n, item, text);
    while (heard < number || !answered) {
        turn(100);
        if (now() - sent_at > TIMEOUT_MS) return -1;
    }
    return now() - sent_at;
}

int main(int argc, char **argv) {
    if (argc < 8) die("usage: see the head of readers.c");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    port = atoi(argv[1]);
    meeting = argv[2];
    item = argv[3];
    FILE *file = fopen(argv[4], "r");
    if (!file) die("no tokens");
    static char line[4096];
    while (token_count < MOST_TOKENS && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        tokens[token_count++] = strdup(line);
    }
    number = atoi(argv[6]);
    readers = calloc(number, sizeof *readers);
    for (int i = 0; i < number; i++) readers[i].token = i ? 1 + i % (token_count - 1) : 0;
    poller = epoll_create1(0);
    gather();
    wait_for_a_line();

    if (!strcmp(argv[5], "fanout")) {
        int warm_up = atoi(argv[7]), count = atoi(argv[8]), lost = 0;
        double *whole = calloc(count, sizeof *whole);
        for (int i = 0; i < warm_up + count; i++) {
            if (i == warm_up) delays = calloc((long)number * count, sizeof *delays);
            double took = command(i + 1);
            if (took < 0) lost += number - heard;
            if (i >= warm_up) whole[i - warm_up] = took;
            for (double until = now() + PAUSE_MS; now() < until;) turn(5);
        }
        qsort(delays, delay_count, sizeof *delays, ascending);
        qsort(whole, count, sizeof *whole, ascending);
        printf("{\"readers\":%d,\"commands\":%d,\"complete_median\":%.3f,\"complete_max\":%.3f,"
               "\"delay_median\":%.3f,\"delay_p99\":%.3f,\"lost\":%d,\"out_of_order\":%ld,"
               "\"dropped\":%ld}\n",
               number, count, quantile(whole, count, .5), whole[count - 1],
               quantile(delays, delay_count, .5), quantile(delays, delay_count, .99), lost,
               disorder, gone);
    } else {
        double spread = atof(argv[7]) * 1e3, start = now();
        delays = calloc(number, sizeof *delays);
        storming = 1;
        for (int begun = 0; delay_count < number;) {
            double at = now() - start;
            while (begun < number && at >= spread * begun / number) {
                end(&readers[begun]);
                begin(&readers[begun++]);
            }
            turn(1);
            if (at > TIMEOUT_MS) break;
        }
        double all = now() - start;
        qsort(delays, delay_count, sizeof *delays, ascending);
        printf("{\"readers\":%d,\"spread\":%.0f,\"all_ready\":%.1f,\"wait_median\":%.1f,"
               "\"wait_p99\":%.1f,\"back\":%ld}\n",
               number, spread, all, quantile(delays, delay_count, .5),
               quantile(delays, delay_count, .99), delay_count);
    }
    return 0;
}
