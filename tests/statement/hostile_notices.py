"""Delivery notices as raw emails: what mail servers send, and what anyone can."""

NOTICE = """From: {sender}
To: {to}
Subject: Delivery notice
Message-Id: <notice-{at}@customer.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{text}
--b
{report}--b
Content-Type: text/rfc822-headers

Message-Id: {message_id}
To: {address}

--b--
"""
REPORT = """Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customer.example.com

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

"""


def notice(message_id, address, action="failed", status="5.1.1", **values):
    """Return a delivery notice about an email; ``report`` replaces its machine part."""
    report = REPORT.format(address=address, action=action, status=status)
    values = {
        "sender": "MAILER-DAEMON@customer.example.com",
        "at": abs(hash((message_id, address, action, status, str(values)))),
        "text": "Notice",
        "report": report,
        "to": "bounce@us.example.com",
        **values,
    }
    return NOTICE.format(message_id=message_id, address=address, **values)


def _returning(kind, message_id, address):
    """Return a notice that says nothing itself, and returns a notice of failure."""
    return (
        "From: MAILER-DAEMON@customer.example.com\nTo: bounce@us.example.com\n"
        f"Message-Id: <returning-{kind}@customer.example.com>\nMIME-Version: 1.0\n"
        f"In-Reply-To: {message_id}\nReferences: {message_id}\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="o"\n\n'
        "--o\nContent-Type: text/plain\n\nRead\n--o\nContent-Type: message/rfc822\n\n"
        f"{notice(message_id, address)}\n--o--\n"
    )


def _forwarded(message_id, address, depth):
    """Return an email of a person to which a notice of failure is attached."""
    inner = notice(message_id, address, at=f"inner-{depth}")
    for at in range(depth):
        inner = (
            f"From: {address}\nTo: us@us.example.com\nSubject: Fwd: Delivery notice\n"
            f"Message-Id: <forwarded-{depth}-{at}@customer.example.com>\n"
            f"MIME-Version: 1.0\nIn-Reply-To: {message_id}\n"
            f'Content-Type: multipart/mixed; boundary="f{at}"\n\n'
            f"--f{at}\nContent-Type: text/plain\n\nSee below\n--f{at}\n"
            f"Content-Type: message/rfc822\n\n{inner}\n--f{at}--\n"
        )
    return inner


def _report(*recipients, names=("Final-Recipient",)):
    """Return the machine part of a notice about several recipients."""
    blocks = "".join(
        "".join(f"{name}: {kind}; {address}\n" for name in names)
        + f"Action: {action}\nStatus: {status}\n\n"
        for kind, address, action, status in recipients
    )
    return (
        "Content-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mail.customer.example.com\n\n{blocks}"
    )


def _of_several(message_id, address):
    """Return notices about several recipients, of which ours has not failed."""
    other = ("rfc822", "other@customer.example.com", "failed", "5.1.1")
    again = ("rfc822", "third@customer.example.com", "failed", "5.2.1")

    def about(*recipients, at, **values):
        report = _report(*recipients, **values)
        return notice(message_id, address, report=report, at=f"several-{at}")

    return {
        "others failed, ours is delivered": about(
            other, ("rfc822", address, "delivered", "2.0.0"), again, at=1
        ),
        "others failed, ours is delayed": about(
            ("rfc822", address, "delayed", "4.4.1"), other, at=2
        ),
        "others failed, ours is not named": about(other, again, at=3),
        "ours failed with a status of success": about(
            ("rfc822", address, "failed", "2.1.1"), other, at=4
        ),
        "ours failed with a status that begins alike": about(
            ("rfc822", address, "failed", "50.1.1"), other, at=5
        ),
        "ours in the name of another": about(
            ("rfc822", f"{address} <other@customer.example.com>", "failed", "5.1.1"),
            at=6,
        ),
        "ours with more at its end": about(
            ("rfc822", f"{address}.example.org", "failed", "5.1.1"), at=7
        ),
        "ours in a field of the mail server": notice(
            message_id,
            address,
            at="several-8",
            report=(
                "Content-Type: message/delivery-status\n\n"
                f"Reporting-MTA: rfc822; {address}\nX-Recipient: rfc822; {address}\n"
                "Action: failed\nStatus: 5.1.1\n\n"
            ),
        ),
        "ours after the first hundred": about(
            *[other] * 100, ("rfc822", address, "failed", "5.1.1"), at=9
        ),
        "ours beside a report of another kind": notice(
            message_id,
            address,
            at="several-10",
            report=_report(("rfc822", address, "failed", "5.1.1")).replace(
                "message/delivery-status", "message/feedback-report"
            ),
        ),
    }


def notices(message_id, address, earlier_id):
    """Return ``{name: raw email}`` of notices that change nothing."""
    mine = {"message_id": message_id, "address": address}
    return {
        **_of_several(message_id, address),
        "forwarded as an attachment": _forwarded(**mine, depth=1),
        "forwarded twice": _forwarded(**mine, depth=2),
        "delayed": notice(**mine, action="delayed", status="4.4.1"),
        "delayed, said to be permanent": notice(
            **mine, action="delayed", status="5.0.0"
        ),
        "failed for now": notice(**mine, status="4.2.2"),
        "delivered": notice(**mine, action="delivered", status="2.0.0"),
        "relayed": notice(**mine, action="relayed", status="2.0.0"),
        "expanded": notice(**mine, action="expanded", status="2.0.0"),
        "another address": notice(message_id, "other@customer.example.com"),
        "no address": notice(message_id, ""),
        "an address as a part": notice(message_id, f"x{address}"),
        "an earlier email": notice(earlier_id, address),
        "an unknown email": notice("<unknown@us.example.com>", address),
        "no email": notice("", address),
        "no status": notice(**mine, status=""),
        "status in words": notice(**mine, status="permanent"),
        "without a report": notice(
            **mine, report="Content-Type: text/plain\n\n5.1.1\n"
        ),
        "an empty report": notice(
            **mine, report="Content-Type: message/delivery-status\n\n"
        ),
        "a report of rubbish": notice(
            **mine, report="Content-Type: message/delivery-status\n\n\x01\n\n=?\n\n"
        ),
        "a read receipt that returns a report": _returning(
            "disposition-notification", **mine
        ),
        "a delivery that returns a report": _returning("delivery-status", **mine),
        "another kind of address": notice(
            **mine,
            report=(
                "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                f"Final-Recipient: x400; {address}\nAction: failed\nStatus: 5.1.1\n\n"
            ),
        ),
        "a person who says so": (
            f"From: {address}\nTo: us@us.example.com\nSubject: failed\n"
            f"Message-Id: <said@customer.example.com>\nIn-Reply-To: {message_id}\n\n"
            "Action: failed\nStatus: 5.1.1\n"
        ),
    }
