import { addTour } from "./tour";

addTour("invoicing_clerk_bounce", {
    steps: () => [
        {
            content: "The receipts: the bank has returned one",
            trigger: ".o_data_row td[name=number]:contains(1047)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_bounce]",
            run: "click",
        },
        {
            content: "The payment is filled in, the reason is what the bank says",
            trigger: ".o_field_widget[name=reason_id] input",
            run: "edit Not sufficient",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Not sufficient funds) a",
            run: "click",
        },
        {
            trigger: "button[name=action_book]",
            run: "click",
        },
        {
            content: "The invoice is open again",
            trigger: ".o_field_widget[name=reopened_item_ids] .o_data_row",
        },
        {
            content: "The payment is presented again",
            trigger: "button[name=action_present]",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current[data-value=presented]",
        },
    ],
});
