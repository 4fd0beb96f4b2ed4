import { addTour, withClicks } from "./tour";

function trio(content) {
    return [
        {
            content,
            trigger: ".o_form_view a.nav-link:contains(Corrections)",
            run: "click",
        },
        {
            content: "The original is there",
            trigger:
                ".o_field_widget[name=correction_family_ids] tr.o_data_row:contains(Original):contains(1,725.00)",
        },
        {
            content: "And its credit note",
            trigger:
                ".o_field_widget[name=correction_family_ids] tr.o_data_row:contains(Credit Note):contains(690.00)",
        },
        {
            content: "Together they are what is owed",
            trigger:
                ".o_field_widget[name=correction_family_ids] tfoot:contains(1,035.00)",
        },
    ];
}

addTour("invoicing_clerk_correction_propose", {
    steps: () => [
        {
            content: "The customer says that the invoice is wrong",
            trigger: "button[name=action_open_billing_error]",
            run: "click",
        },
        {
            content: "Say what is wrong",
            trigger: ".o_field_widget[name=reason_id] input",
            run: "edit Wrong quantity",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Wrong quantity)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Correct it",
            trigger: "button[name=action_propose_correction]",
            run: "click",
        },
        {
            content: "Nothing is entered, so nothing would change",
            trigger: ".modal .o_clerk_preview:contains(There are no changes yet)",
        },
        {
            content: "Four came instead of six",
            trigger: ".modal tr.o_data_row:eq(0) td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".modal tr.o_data_row:eq(0).o_selected_row td[name=quantity] input",
            run: "edit 4",
        },
        {
            content: "The other line was too dear",
            trigger: ".modal tr.o_data_row:eq(1) td[name=price_unit]",
            run: "click",
        },
        {
            trigger: ".modal tr.o_data_row:eq(1).o_selected_row td[name=price_unit] input",
            run: "edit 25",
        },
        {
            content: "Leave the line",
            trigger: ".modal .modal-title",
            run: "click",
        },
        {
            content: "The totals say what it comes to",
            trigger:
                ".modal .o_clerk_summary:contains(1,725.00):contains(690.00):contains(1,035.00)",
        },
        {
            content: "The preview says which document will be made",
            trigger: ".modal .o_clerk_preview:contains(Credit Note):contains(90.00)",
        },
        {
            content: "And why somebody else must look at it",
            trigger: ".modal .alert:contains(above the limit)",
        },
        {
            content: "A clerk cannot apply it",
            trigger: ".modal:not(:has(button[name=action_apply]))",
        },
        {
            trigger: ".modal button[name=action_request_approval]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(asked to approve)",
        },
        {
            content: "The dialog is gone, the case waits",
            trigger:
                "body:not(:has(.modal)) .o_arrow_button_current:contains(Correction Proposed)",
        },
    ],
});

addTour("invoicing_clerk_correction_approve", {
    steps: () => [
        {
            content: "One correction waits",
            trigger: "tr.o_data_row:contains(Waiting):contains(690.00) td[name=move_id]",
            run: "click",
        },
        {
            trigger: ".o_clerk_preview:contains(Credit Note)",
        },
        {
            content: "The reason of the customer is there",
            trigger: ".o_field_widget[name=error_reason_id]:contains(Wrong quantity)",
        },
        ...withClicks(1, [
            {
                trigger: "button[name=action_approve_and_apply]",
                run: "click",
            },
        ]),
        {
            content: "The credit note opens",
            trigger: ".o_form_view h1:contains(RINV)",
        },
        ...trio("The supervisor sees both documents"),
    ],
});

addTour("invoicing_clerk_correction_trio", {
    steps: () => trio("The clerk sees both documents"),
});

addTour("invoicing_clerk_correction_add", {
    steps: () => [
        {
            content: "The freight is missing",
            trigger: "button[name=action_propose_correction]",
            run: "click",
        },
        {
            content: "Nothing would change, so nothing can be applied",
            trigger:
                ".modal:not(:has(button[name=action_apply])) .o_clerk_preview:contains(There are no changes yet)",
        },
        {
            trigger: ".modal .o_field_x2many_list_row_add a:contains(missing line)",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row td[name=name] :is(input, textarea)",
            run: "edit Freight",
        },
        {
            trigger: ".modal .o_selected_row td[name=price_unit] input",
            run: "edit 40",
        },
        {
            trigger: ".modal .modal-title",
            run: "click",
        },
        {
            content: "It is taxed as the invoice",
            trigger: ".modal .o_clerk_preview:contains(Debit Note):contains(46.00)",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The debit note opens",
            trigger: ".o_form_view h1:contains(INV)",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=invoice_line_ids]:contains(Freight)",
        },
    ],
});
