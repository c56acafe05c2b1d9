"""Following directives up

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26 12:20:00.000000

"""
from datetime import UTC

from alembic import op
import sqlalchemy as sa

from core.text import fold


# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    # Columns are added and no table is made anew: on SQLite that would delete the rows that
    # depend on it, and forget which ids have been used.
    for name, table in (('parent_id', 'directive'), ('passed_on_by_unit_id', 'unit')):
        op.execute(
            f'ALTER TABLE directive ADD COLUMN {name} INTEGER '
            f'CONSTRAINT fk_directive_{name}_{table} REFERENCES {table} (id)'
        )
    with op.batch_alter_table('directive', schema=None) as batch_op:
        batch_op.add_column(sa.Column('progress', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('done_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('extension_asked', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('urgency', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('folded', sa.Text(), nullable=False, server_default=''))
    _fill()
    with op.batch_alter_table('directive', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directive_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_directive_register', ['meeting_id', 'urgency', 'state', 'due_at', 'done_at', 'extension_asked'], unique=False)

    op.create_table('acknowledgement',
    sa.Column('directive_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('reply', sa.String(length=20), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['directive_id'], ['directive.id'], name=op.f('fk_acknowledgement_directive_id_directive')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_acknowledgement_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_acknowledgement_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_acknowledgement_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acknowledgement')),
    sa.UniqueConstraint('directive_id', 'unit_id', name=op.f('uq_acknowledgement_directive_id_unit_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('acknowledgement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acknowledgement_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('report',
    sa.Column('directive_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('done', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=True),
    sa.Column('remarks', sa.Text(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_report_decided_by_id_person')),
    sa.ForeignKeyConstraint(['directive_id'], ['directive.id'], name=op.f('fk_report_directive_id_directive')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_report_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_report_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_directive_id'), ['directive_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_report_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('extension',
    sa.Column('directive_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('due', sa.String(length=40), nullable=False),
    sa.Column('previous_due', sa.String(length=40), nullable=False),
    sa.Column('previous_due_text', sa.String(length=500), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_extension_decided_by_id_person')),
    sa.ForeignKeyConstraint(['directive_id'], ['directive.id'], name=op.f('fk_extension_directive_id_directive')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_extension_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_extension_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_extension_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extension_directive_id'), ['directive_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_extension_meeting_id'), ['meeting_id'], unique=False)


def _fill():
    # As minutes.models works them out; nothing is done yet.
    directive = sa.table(
        'directive',
        sa.column('id', sa.Integer()),
        sa.column('text', sa.Text()),
        sa.column('due_at', sa.DateTime(timezone=True)),
        sa.column('urgency', sa.BigInteger()),
        sa.column('folded', sa.Text()),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(directive.c.id, directive.c.text, directive.c.due_at)).all()
    for key, text, due_at in rows:
        if due_at is not None and due_at.tzinfo is None:
            due_at = due_at.replace(tzinfo=UTC)
        urgency = 10**11 if due_at is None else int(due_at.timestamp())
        connection.execute(
            directive.update()
            .where(directive.c.id == key)
            .values(urgency=urgency, folded=fold(text))
        )


def downgrade():
    for name in ('extension', 'report', 'acknowledgement'):
        op.drop_table(name)
    with op.batch_alter_table('directive', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_directive_register')
        batch_op.drop_index(batch_op.f('ix_directive_parent_id'))
    for name in ('folded', 'urgency', 'extension_asked', 'done_at', 'progress', 'passed_on_by_unit_id', 'parent_id'):
        op.execute(f'ALTER TABLE directive DROP COLUMN {name}')
