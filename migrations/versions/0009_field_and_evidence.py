"""Field and evidence

Revision ID: 0009
Revises: 0007
Create Date: 2026-11-26 14:40:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('directive', schema=None) as batch_op:
        batch_op.add_column(sa.Column('field', sa.String(length=100), nullable=True))
        batch_op.create_index('ix_directive_field', ['meeting_id', 'field'], unique=False)
    op.create_table('report_file',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_file_report_id_report')),
    sa.PrimaryKeyConstraint('report_id', 'number', name=op.f('pk_report_file'))
    )
    with op.batch_alter_table('report_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_file_sha256'), ['sha256'], unique=False)


def downgrade():
    op.drop_table('report_file')
    with op.batch_alter_table('directive', schema=None, recreate='never') as batch_op:
        batch_op.drop_index('ix_directive_field')
    op.execute('ALTER TABLE directive DROP COLUMN field')
