"""Each leading unit's share in a directive

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26 14:45:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('share',
    sa.Column('directive_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_asked', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['directive_id'], ['directive.id'], name=op.f('fk_share_directive_id_directive'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_share_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_share_unit_id_unit')),
    sa.PrimaryKeyConstraint('directive_id', 'unit_id', name=op.f('pk_share'))
    )
    # As minutes.followup.standing works it out: a unit's newest report counts, else what it has
    # passed on, else what it has answered.
    op.execute("""
        INSERT INTO share (directive_id, unit_id, state, done_at,
            meeting_id, at, due_at, extension_asked)
        SELECT lead.directive_id, lead.unit_id,
            CASE
                WHEN report.decision = 'returned' THEN 'returned'
                WHEN report.done THEN COALESCE(report.decision, 'done')
                WHEN report.id IS NOT NULL THEN 'reported'
                WHEN parts.all_done = 1 AND parts.some_unchecked = 1 THEN 'done'
                WHEN parts.all_done = 1 THEN 'checked'
                WHEN parts.some_returned = 1 THEN 'returned'
                WHEN parts.some_reported = 1 THEN 'reported'
                WHEN parts.all_acknowledged = 1 OR answer.id IS NOT NULL THEN 'acknowledged'
                ELSE 'given'
            END,
            CASE
                WHEN report.id IS NULL AND parts.all_done = 1 THEN parts.done_at
                WHEN report.done AND COALESCE(report.decision, '') <> 'returned' THEN report.at
            END,
            directive.meeting_id, directive.at, directive.due_at, directive.extension_asked
        FROM (
            SELECT DISTINCT named.directive_id, COALESCE(member.unit_id, named.unit_id) AS unit_id
            FROM directive_unit AS named
            LEFT JOIN unit_member AS member ON member.group_id = named.unit_id
            WHERE named.leads
        ) AS lead
        JOIN directive ON directive.id = lead.directive_id AND directive.parent_id IS NULL
        LEFT JOIN report ON report.id = (
            SELECT max(newest.id) FROM report AS newest
            WHERE newest.directive_id = lead.directive_id AND newest.unit_id = lead.unit_id
        )
        LEFT JOIN acknowledgement AS answer ON answer.directive_id = lead.directive_id
            AND answer.unit_id = lead.unit_id AND answer.reply = 'understood'
        LEFT JOIN (
            SELECT parent_id, passed_on_by_unit_id, max(done_at) AS done_at,
                min(CASE WHEN state IN ('done', 'checked') THEN 1 ELSE 0 END) AS all_done,
                max(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS some_unchecked,
                max(CASE WHEN state = 'returned' THEN 1 ELSE 0 END) AS some_returned,
                max(CASE WHEN state IN ('reported', 'done', 'checked') THEN 1 ELSE 0 END)
                    AS some_reported,
                min(CASE WHEN state = 'acknowledged' THEN 1 ELSE 0 END) AS all_acknowledged
            FROM directive WHERE parent_id IS NOT NULL GROUP BY parent_id, passed_on_by_unit_id
        ) AS parts ON parts.parent_id = lead.directive_id
            AND parts.passed_on_by_unit_id = lead.unit_id
    """)
    with op.batch_alter_table('share', schema=None) as batch_op:
        batch_op.create_index('ix_share_scorecard', ['unit_id', 'meeting_id', 'state', 'due_at', 'done_at', 'extension_asked', 'at'], unique=False)
    with op.batch_alter_table('directive', schema=None) as batch_op:
        batch_op.drop_index('ix_directive_register')
        batch_op.create_index('ix_directive_register', ['urgency', 'id', 'meeting_id', 'state', 'due_at', 'done_at', 'extension_asked', 'at', 'field'], unique=False)
        batch_op.create_index('ix_directive_scorecard', ['meeting_id', 'state', 'due_at', 'done_at', 'extension_asked', 'at', 'field', 'parent_id'], unique=False)
        batch_op.drop_index('ix_directive_parent_id')
        batch_op.create_index('ix_directive_parent_id', ['parent_id'], unique=False, sqlite_where=sa.text('parent_id IS NOT NULL'), postgresql_where=sa.text('parent_id IS NOT NULL'))


def downgrade():
    with op.batch_alter_table('directive', schema=None) as batch_op:
        batch_op.drop_index('ix_directive_parent_id')
        batch_op.create_index('ix_directive_parent_id', ['parent_id'], unique=False)
        batch_op.drop_index('ix_directive_scorecard')
        batch_op.drop_index('ix_directive_register')
        batch_op.create_index('ix_directive_register', ['meeting_id', 'urgency', 'state', 'due_at', 'done_at', 'extension_asked'], unique=False)
    op.drop_table('share')
