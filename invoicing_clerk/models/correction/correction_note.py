# The key of the context.
NOTE = "clerk_note"


class Note:
    """Values of the note that core's wizards are about to create.

    All corrections of a call have one in their context, and use it in turn: each
    context of its own would be an environment of its own, with those that core derives
    from it, through which each further one is searched.
    """

    values = None
