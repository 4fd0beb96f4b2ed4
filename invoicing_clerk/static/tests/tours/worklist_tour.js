import { addTour, withClicks } from "./tour";

/** Check that the bar on the record names the list, and go on to the next record. */
function finishOne(name) {
    return [
        {
            content: `Next gave ${name}`,
            trigger: `.o_form_view .o_breadcrumb:contains(${name})`,
        },
        {
            content: "The bar says what to do",
            trigger: ".o_clerk_work_bar:contains(Test list):contains(Call them)",
        },
        {
            trigger: ".o_clerk_work_bar button[name=action_work_done_next]",
            run: "click",
        },
    ];
}

addTour("invoicing_clerk_worklist_day", {
    steps: () => [
        {
            content: "Four are open",
            trigger: ".o_kanban_record:contains(Test list):contains(4 open)",
        },
        {
            content: "Take the most urgent one",
            trigger: ".o_kanban_record:contains(Test list) button[name=action_next]",
            run: "click",
        },
        ...finishOne("Customer 3"),
        ...finishOne("Customer 2"),
        {
            content: "Finish the third on its item",
            trigger: ".o_form_view .o_breadcrumb:contains(Customer 1)",
        },
        {
            trigger: "button[name=action_view_work_items]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Progress)",
        },
        {
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        {
            content: "Undo",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Progress)",
        },
        {
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Done)",
        },
        {
            content: "Back to the desk",
            trigger: ".o_menu_sections a:contains(Desk), .o_menu_sections button:contains(Desk)",
            run: "click",
        },
        {
            content: "One is still open",
            trigger: ".o_kanban_record:contains(Test list):contains(1 open)",
        },
    ],
});

function opened(amount) {
    return {
        content: `The invoice of ${amount} is open, with its bar`,
        trigger: `.o_form_view:has(.o_clerk_work_bar button[name=action_work_done_next]):contains(${amount})`,
    };
}

addTour("invoicing_clerk_send_and_go_on", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Test list) button[name=action_next]",
            run: "click",
        },
        opened("300.00"),
        ...withClicks(3, [
            {
                trigger: "button[name=action_invoice_sent]",
                run: "click",
            },
            {
                trigger: ".modal button[name=action_send_and_print]",
                run: "click",
            },
            {
                content: "The bar notices that the job is done",
                trigger:
                    "body:not(:has(.modal)) .o_clerk_work_bar:contains(Finished) button[name=action_work_next]",
                run: "click",
            },
            opened("200.00"),
        ]),
        {
            content: "No breadcrumb is left behind",
            trigger: ".o_control_panel:not(:has(.breadcrumb-item))",
        },
    ],
});

addTour("invoicing_clerk_answer_and_go_on", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Questions) button[name=action_next]",
            run: "click",
        },
        {
            trigger: ".o_clerk_work_bar:contains(Questions from Colleagues)",
        },
        {
            trigger: ".o_field_widget[name=feedback] textarea",
            run: "edit PO 4711",
        },
        ...withClicks(2, [
            {
                trigger: "button[name=action_answer]",
                run: "click",
            },
            {
                trigger:
                    ".o_clerk_work_bar:contains(Finished) button[name=action_work_next]",
                run: "click",
            },
            {
                trigger:
                    ".o_clerk_work_bar:has(button[name=action_work_done_next]):contains(Questions from Colleagues)",
            },
        ]),
    ],
});

addTour("invoicing_clerk_bulk_send", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Test list) a[name=action_open_items]",
            run: "click",
        },
        {
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_selection_container button[name=action_send]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "What was not sent is shown, with the reason",
            trigger:
                ".modal:contains(2 sent, 1 not):contains(has no email address) button[name=action_try_again]",
        },
        {
            trigger: ".modal button[special=cancel]",
            run: "click",
        },
        {
            content: "Only that one is left",
            trigger: "body:not(:has(.modal)) .o_list_view:not(:has(tr.o_data_row:eq(1)))",
        },
    ],
});
