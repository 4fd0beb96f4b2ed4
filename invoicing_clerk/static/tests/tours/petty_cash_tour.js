import { addTour } from "./tour";

const BOX = {
    content: "The box",
    trigger: ".o_data_row td[name=name]:contains(Front desk)",
    run: "click",
};
const press = (name) => ({ trigger: `button[name=${name}]:enabled`, run: "click" });
const current = (state) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
});

addTour("invoicing_clerk_petty_cash_enter", {
    steps: () => [
        BOX,
        press("action_pay_out"),
        {
            content: "Who is paid",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit partner_a",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(partner_a) a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "What for",
            trigger: ".o_field_widget[name=account_id] input",
            run: "edit Expenses",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Expenses) a",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=amount] input",
            run: "edit 20",
        },
        {
            content: "Without a receipt, nothing is paid",
            ...press("action_pay_out"),
        },
        {
            trigger: ".modal:contains(Attach the receipt) .modal-footer .btn-primary",
            run: "click",
        },
        current("draft"),
    ],
});

addTour("invoicing_clerk_petty_cash_pay_out", {
    steps: () => [
        {
            trigger: ".o_data_row td[name=partner_id]:contains(partner_a)",
            run: "click",
        },
        press("action_pay_out"),
        current("paid"),
    ],
});

addTour("invoicing_clerk_petty_cash_count", {
    steps: () => [
        BOX,
        {
            content: "What was paid out",
            trigger: ".o_field_widget[name=paid_out]:contains(20.00)",
        },
        press("action_count"),
        {
            content: "Four notes of 100",
            trigger: ".o_data_row:nth-child(1) td[name=pieces]",
            run: "click",
        },
        {
            trigger:
                ".o_selected_row:nth-child(1) .o_field_widget[name=pieces] input",
            run: "edit 4",
        },
        {
            content: "Four notes of 20",
            trigger: ".o_data_row:nth-child(3) td[name=pieces]",
            run: "click",
        },
        {
            trigger:
                ".o_selected_row:nth-child(3) .o_field_widget[name=pieces] input",
            run: "edit 4",
        },
        press("action_book"),
        current("booked"),
        {
            content: "Cash and books agree",
            trigger: ".o_field_widget[name=difference]:contains(0.00)",
        },
    ],
});

addTour("invoicing_clerk_petty_cash_replenish", {
    steps: () => [
        BOX,
        press("action_replenish"),
        {
            content: "Exactly what was paid out",
            trigger: ".o_form_view .o_field_widget[name=amount]:contains(20.00)",
        },
        press("action_prepare"),
        current("prepared"),
    ],
});
