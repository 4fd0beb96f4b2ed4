SOFT_RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE_DIALOG = {"type": "ir.actions.act_window_close"}


def notification_action(message, kind="success", then=None, **options):
    """Return an action that shows a message in the corner of the screen.

    :param kind: ``success``, ``info``, ``warning`` or ``danger``
    :param then: action that follows
    :param options: as the client knows them, such as ``title`` and ``sticky``
    """
    params = {"type": kind, "message": message, **options}
    if then:
        params["next"] = then
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": params,
    }
