"""Series of meetings, and what is carried over

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26 15:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('meeting_series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('organizer_unit_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['organizer_unit_id'], ['unit.id'], name=op.f('fk_meeting_series_organizer_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_series'))
    )
    # Columns are added and no table is made anew: on SQLite that would delete the rows that
    # depend on it, and forget which ids have been used.
    op.execute(
        'ALTER TABLE meeting ADD COLUMN series_id INTEGER '
        'CONSTRAINT fk_meeting_series_id_meeting_series REFERENCES meeting_series (id)'
    )
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_series_id'), ['series_id'], unique=False)
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=20), nullable=True))
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carried_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('progress', sa.Integer(), nullable=True))
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_carried_id'), ['carried_id'], unique=False)

    op.create_table('carried',
    sa.Column('directive_id', sa.Integer(), nullable=False),
    sa.Column('from_meeting_id', sa.Integer(), nullable=False),
    sa.Column('from_code', sa.String(length=50), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('lead_unit_ids', sa.JSON(), nullable=False),
    sa.Column('due', sa.String(length=40), nullable=True),
    sa.Column('due_text', sa.String(length=500), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('days_late', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['directive_id'], ['directive.id'], name=op.f('fk_carried_directive_id_directive')),
    sa.ForeignKeyConstraint(['from_meeting_id'], ['meeting.id'], name=op.f('fk_carried_from_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_carried_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carried')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('carried', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_carried_directive_id'), ['directive_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_carried_meeting_id'), ['meeting_id'], unique=False)


def downgrade():
    op.drop_table('carried')
    with op.batch_alter_table('entry', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_carried_id'))
    for table, name in (('entry', 'progress'), ('entry', 'carried_id'), ('agenda_item', 'kind')):
        op.execute(f'ALTER TABLE {table} DROP COLUMN {name}')
    with op.batch_alter_table('meeting', schema=None, recreate='never') as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_series_id'))
    op.execute('ALTER TABLE meeting DROP COLUMN series_id')
    op.drop_table('meeting_series')
