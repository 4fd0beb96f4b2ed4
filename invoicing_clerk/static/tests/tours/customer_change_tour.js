import { addTour } from "./tour";

const current = (state) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
});

addTour("invoicing_clerk_customer_change_propose", {
    steps: () => [
        { trigger: "button[name=action_propose_change]", run: "click" },
        {
            content: "A new account",
            trigger: ".modal .o_field_widget[name=account_step] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Add an Account)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=acc_number] input",
            run: "edit BE71 0961 2345 6769",
        },
        { trigger: ".modal button[name=action_propose]", run: "click" },
        current("proposed"),
        {
            content: "Call the number on file",
            trigger: "button:contains(Call Back)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=number]:contains(+1 555 0101)" },
        {
            trigger: ".modal .o_field_widget[name=person] input",
            run: "edit Ada, bookkeeper",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit They changed their bank.",
        },
        { trigger: ".modal button[name=action_log]", run: "click" },
        current("called"),
    ],
});

addTour("invoicing_clerk_customer_change_approve", {
    steps: () => [
        {
            trigger: ".o_data_row td[name=partner_id]:contains(Bayline)",
            run: "click",
        },
        { trigger: "button[name=action_approve]", run: "click" },
        current("approved"),
    ],
});
