"""Who has taken over from a unit that is no more

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 15:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('unit_successor',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('successor_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['successor_id'], ['unit.id'], name=op.f('fk_unit_successor_successor_id_unit'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_successor_unit_id_unit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('unit_id', 'successor_id', name=op.f('pk_unit_successor'))
    )
    with op.batch_alter_table('unit_successor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_successor_successor_id'), ['successor_id'], unique=False)


def downgrade():
    op.drop_table('unit_successor')
