"""The mails with which invoices were sent; a few came back."""

from .people import set_sequence

TABLES = ("mail_message", "mail_notification")


def send(env):
    """One message and one notification for each invoice that was sent."""
    env.cr.execute(
        """INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id,
                subject, body, date, create_uid, write_uid, create_date, write_date,
                message_id, email_from)
           SELECT 'account.move', move.id, 'comment', %s, users.partner_id,
                'Invoice ' || move.name, '<p>Here is your invoice.</p>',
                move.create_date, move.create_uid, move.create_uid, move.create_date,
                move.create_date, '<' || move.id || '@example.com>',
                'billing@example.com'
             FROM account_move AS move JOIN res_users AS users
               ON users.id = move.create_uid
            WHERE move.is_move_sent ORDER BY move.create_date""",
        [env.ref("mail.mt_comment").id],
    )
    env.cr.execute(
        """INSERT INTO mail_notification (mail_message_id, res_partner_id, author_id,
                notification_type, notification_status, is_read, failure_type)
           SELECT message.id, move.partner_id, message.author_id, 'email',
                CASE WHEN message.id %% 500 = 0 THEN 'bounce' ELSE 'sent' END, TRUE,
                CASE WHEN message.id %% 500 = 0 THEN 'mail_bounce' END
             FROM mail_message AS message JOIN account_move AS move
               ON move.id = message.res_id
            WHERE message.model = 'account.move' AND message.message_id
                  = '<' || move.id || '@example.com>' ORDER BY message.id""",
        [],
    )
    for table in TABLES:
        set_sequence(env, table)
