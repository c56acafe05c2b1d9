"""Indices of what registers and scorecards count

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26 18:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

DIRECTIVES = ['meeting_id', 'due_at', 'done_at', 'state', 'extension_asked', 'at', 'field', 'parent_id', 'id']
SHARES = ['unit_id', 'meeting_id', 'due_at', 'done_at', 'state', 'extension_asked', 'at']
PARTS = {
    'open': 'done_at IS NULL',
    'late': 'done_at > due_at',
    'asked': 'extension_asked IS NOT NULL',
}


def upgrade():
    # One by one: in a batch SQLite would make the table anew.
    for table, columns in (('directive', DIRECTIVES), ('share', SHARES)):
        for name, condition in PARTS.items():
            where = sa.text(condition)
            op.create_index(f'ix_{table}_{name}', table, columns, sqlite_where=where, postgresql_where=where)
    op.create_index('ix_directive_given', 'directive', ['meeting_id', 'parent_id', 'at', 'id'])
    op.drop_index('ix_share_scorecard', 'share')
    op.create_index('ix_share_scorecard', 'share', ['unit_id', 'meeting_id', 'at', 'directive_id'])
    op.drop_index('ix_directive_field', 'directive')
    op.create_index('ix_directive_field', 'directive', ['field', 'meeting_id'])
    where = sa.text('due_at IS NOT NULL')
    op.drop_index('ix_directive_due_at', 'directive')
    op.create_index('ix_directive_due_at', 'directive', ['due_at'], sqlite_where=where, postgresql_where=where)


def downgrade():
    op.drop_index('ix_directive_due_at', 'directive')
    op.create_index('ix_directive_due_at', 'directive', ['due_at'])
    op.drop_index('ix_directive_field', 'directive')
    op.create_index('ix_directive_field', 'directive', ['meeting_id', 'field'])
    op.drop_index('ix_share_scorecard', 'share')
    op.create_index('ix_share_scorecard', 'share', ['unit_id', 'meeting_id', 'state', 'due_at', 'done_at', 'extension_asked', 'at'])
    op.drop_index('ix_directive_given', 'directive')
    for table in ('directive', 'share'):
        for name in PARTS:
            op.drop_index(f'ix_{table}_{name}', table)
