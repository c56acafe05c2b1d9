"""What each kind of document says, composed from a meeting's record.

Composing is pure: plain public objects of the snapshot in, a `minutes.content.Content` out, the
same for the same record. The order of the parts follows the models of decree 30/2020/NĐ-CP, annex
III (1.4 for the notice, 1.7 for the invitation, 1.9 for the minutes); what they hold follows
decision 45/2018/QĐ-TTg and the documents that offices publish. How they look is in
`minutes.layout`.
"""
