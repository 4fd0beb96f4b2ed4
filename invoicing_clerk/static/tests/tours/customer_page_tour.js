import { addTour, withClicks } from "./tour";

const tick = (amount) => ({
    content: `Tick the item of ${amount}`,
    trigger: `.o_clerk_items .o_data_row:contains(${amount}) button[name=action_tick]`,
    run: "click",
});
const ticked = (words) => ({
    content: "The sum of the ticked items is shown",
    trigger: `.o_clerk_items_text:contains(${words})`,
});

// Unapplied money: open the proposals, apply, close; later, undo on the page.
addTour("invoicing_clerk_apply", {
    steps: () => [
        {
            trigger: ".o_clerk_items_text:contains(Open items: 3)",
        },
        ...withClicks(3, [
            {
                content: "Propose what the payment is for",
                trigger: ".o_form_statusbar button[name=action_match]",
                run: "click",
            },
            {
                content: "The reason is given",
                trigger: ".modal .o_data_row:contains(Same open amount)",
            },
            {
                trigger: ".modal .o_data_row button[name=action_apply]",
                run: "click",
            },
            {
                trigger: ".modal .o_data_row button[name=action_undo]",
            },
            {
                trigger: ".modal button[name=action_close]",
                run: "click",
            },
            {
                content: "Only the other invoice is left",
                trigger:
                    "body:not(:has(.modal)) .o_clerk_items_text:contains(Open items: 1)",
            },
        ]),
        ...withClicks(2, [
            {
                trigger: ".o_notebook .nav-link[name=applied]",
                run: "click",
            },
            {
                content: "Undo it on the page",
                trigger: ".o_field_widget[name=applied_ids] button[name=action_undo]",
                run: "click",
            },
            {
                trigger: "body:not(:has(.o_notebook .nav-link[name=applied]))",
            },
        ]),
        {
            trigger: ".o_clerk_items_text:contains(Open items: 3)",
        },
    ],
});

// A call with a dispute, a promise, a copy and a statement, without leaving the pad.
addTour("invoicing_clerk_customer_page", {
    steps: () => [
        {
            trigger: ".o_clerk_items_text:contains(Open items: 2)",
        },
        ...withClicks(13, [
            tick("690.00"),
            ticked("690.00"),
            {
                content: "Log a call",
                trigger: ".o_form_statusbar button[name=action_new_call]",
                run: "click",
            },
            {
                content: "The pad has the same items, with the same one ticked",
                trigger:
                    ".o_clerk_pad .o_clerk_items .o_data_row:contains(690.00) .fa-check-square-o",
            },
            {
                trigger:
                    ".o_clerk_pad .o_data_row:contains(690.00) button[name=action_items_dispute]",
                run: "click",
            },
            {
                trigger: ".modal .o_field_widget[name=reason_id] input",
                run: "edit Wrong quantity",
            },
            {
                trigger: ".o-autocomplete--dropdown-item:contains(Wrong quantity)",
                run: "click",
            },
            {
                trigger: ".modal .o_form_button_save",
                run: "click",
            },
            {
                content: "The item is marked as disputed",
                trigger:
                    "body:not(:has(.modal)) .o_clerk_items .o_data_row:contains(690.00):contains(Disputed)",
            },
            {
                trigger:
                    ".o_clerk_pad .o_data_row:contains(115.00) button[name=action_items_promise]",
                run: "click",
            },
            {
                trigger: ".modal .o_field_widget[name=amount] input:value(115.00)",
            },
            {
                trigger:
                    ".modal .o_field_widget[name=date] button, .modal .o_field_widget[name=date] input",
                run: "click",
            },
            {
                trigger: ".modal .o_field_widget[name=date] input",
                run: "edit +5d && press Tab",
            },
            {
                trigger: ".modal .o_form_button_save",
                run: "click",
            },
            {
                trigger:
                    "body:not(:has(.modal)) .o_clerk_items .o_data_row:contains(115.00):contains(Promised)",
            },
            {
                trigger:
                    ".o_clerk_pad .o_data_row:contains(690.00) button[name=action_items_copies]",
                run: "click",
            },
            {
                content: "The dialog of Odoo sends the copy",
                trigger: ".modal .modal-footer .btn-primary",
            },
            {
                trigger: ".modal .btn-close",
                run: "click",
            },
            {
                trigger: "body:not(:has(.modal)) .o_clerk_pad button[name=action_statement]",
                run: "click",
            },
            {
                content: "The statement is ready to be reviewed",
                trigger: "button:contains(Compare with Ledger)",
            },
        ]),
    ],
});
