"""Indicators

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 07:45:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('indicator',
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('measure', sa.String(length=500), nullable=False),
    sa.Column('plan', sa.String(length=500), nullable=False),
    sa.Column('estimate', sa.String(length=500), nullable=False),
    sa.Column('assessment', sa.String(length=500), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_indicator_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('indicator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_indicator_meeting_id'), ['meeting_id'], unique=False)


def downgrade():
    with op.batch_alter_table('indicator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_indicator_meeting_id'))

    op.drop_table('indicator')
