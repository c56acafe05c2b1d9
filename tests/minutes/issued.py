"""Issued documents as rows, for what only reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.models import Document, DocumentFile, Register

ISSUED_AT = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)  # 05/3 in Vietnam
SHA256 = "a" * 64


def document(
    session: Session, meeting_id: int, unit_id: int, number: int, code: str, **values: Any
) -> Document:
    """An issued document with its file.

    Args:
        session: a database session; the caller commits.
        meeting_id: of which meeting.
        unit_id: whose register.
        number: in the register.
        code: to look it up by.
        values: other columns; `state` for one that is not issued, `signer` of the file.
    """
    register = session.scalar(select(Register).where(Register.unit_id == unit_id))
    if register is None:
        register = Register(
            unit_id=unit_id, kind="conclusions", year=2026, template="{number:02}/TB-UBND", last=9
        )
        session.add(register)
        session.flush()
    signer = values.pop("signer", "")
    columns: dict[str, Any] = {
        "kind": "conclusions",
        "state": "issued",
        "text_sha256": "b" * 64,
        "composed_sha256": "b" * 64,
        "symbol": f"{number:02}/TB-UBND",
        "issued_at": ISSUED_AT,
        "sha256": SHA256,
        "register_id": register.id,
    } | values
    made = Document(meeting_id=meeting_id, number=number, code=code, **columns)
    session.add(made)
    session.flush()
    file(session, made, made.sha256 or SHA256, "issued", signer)
    return made


def file(session: Session, document: Document, sha256: str, state: str, signer: str = "") -> None:
    """A PDF of a document."""
    session.add(
        DocumentFile(
            document_id=document.id,
            state=state,
            text_sha256=document.text_sha256,
            register_id=document.register_id,
            number=document.number or 0,
            symbol=document.symbol or "",
            code=document.code or "",
            sha256=sha256,
            size=1000,
            signer=signer,
            at=ISSUED_AT,
        )
    )
