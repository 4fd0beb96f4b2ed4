import { addTour } from "./tour";

const LIST = ".o_field_widget[name=receipt_ids]";

/** Enter a receipt in a row that was just added; before, another one is edited. */
function receipt(row, values) {
    const selected = `${LIST} .o_data_row:nth-child(${row}).o_selected_row`;
    return Object.entries(values).map(([name, text]) => ({
        trigger: `${selected} .o_field_widget[name=${name}] input`,
        run: `edit ${text}`,
    }));
}

addTour("invoicing_clerk_receipt_batch", {
    steps: () => [
        {
            content: "The receipts of the day",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "First the totals of the tape",
            trigger: ".o_field_widget[name=control_count] input",
            run: "edit 2",
        },
        {
            trigger: ".o_field_widget[name=control_amount] input",
            run: "edit 120.50",
        },
        {
            content: "Then each receipt",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        ...receipt(1, { number: "1047", amount: "50", payer: "Azure" }),
        {
            content: "How much is missing is on top",
            trigger: ".alert-warning:contains(70.50 less than)",
        },
        {
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        ...receipt(2, { number: "1048", amount: "70.50", payer: "Gemini" }),
        {
            content: "The totals agree",
            trigger: ".alert-success:contains(control totals)",
        },
        {
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=posted]",
        },
        {
            content: "Each is a payment",
            trigger: "button[name=action_view_payments]",
            run: "click",
        },
        {
            trigger: ".o_data_row:nth-child(2)",
        },
    ],
});
