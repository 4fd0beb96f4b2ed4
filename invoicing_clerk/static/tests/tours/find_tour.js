import { addTour } from "./tour";

addTour("invoicing_clerk_find", {
    steps: () => [
        {
            content: "The field has the focus",
            trigger: ".o_clerk_find .o_field_widget[name=text] input:focus",
            run: "edit zephyr",
        },
        {
            trigger: ".o_clerk_find button[name=action_find]",
            run: "click",
        },
        {
            content: "Several results are listed",
            trigger: ".o_clerk_hits:contains(Zephyr Wind):contains(Zephyr Sail)",
        },
        {
            trigger: ".o_clerk_find .o_field_widget[name=text] input",
            run: "edit 5.934,00",
        },
        {
            trigger: ".o_clerk_find button[name=action_find]",
            run: "click",
        },
        {
            content: "The only result opens",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(INV/)",
        },
        {
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "Log a call",
            trigger: ".o_clerk_hits button[name=action_new_call]",
            run: "click",
        },
        {
            trigger: ".o_clerk_pad .o_field_widget[name=partner_id] input:value(Zephyr Wind)",
        },
        {
            content: "The invoice is linked to the call",
            trigger: ".o_clerk_pad .o_data_row .fa-check-square-o",
        },
    ],
});
