import { addTour } from "./tour";

const fill = (name, text) => ({
    trigger: `.o_field_widget[name=${name}] input`,
    run: `edit ${text} && press Tab`,
});
const press = (name) => ({ trigger: `button[name=${name}]:enabled`, run: "click" });
const current = (state) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value=${state}]`,
});

addTour("invoicing_clerk_customer_enter", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        fill("customer_name", "Kestrel Optics"),
        fill("vat", "BE0477472701"),
        {
            content: "The customer exists already",
            trigger: ".alert-danger:contains(same tax ID):contains(Kestrel Optics NV)",
        },
        fill("customer_name", "Kestrel Optics Trade"),
        {
            trigger: ".o_field_widget[name=vat] input",
            run: "clear && press Tab",
        },
        fill("phone", "+32 3 123 45 67"),
        {
            content: "It may be another one",
            trigger: ".alert-warning:contains(same phone number)",
        },
        fill("email", "trade@kestrel.example"),
        fill("street", "Molenweg 5"),
        fill("zip", "9000"),
        fill("city", "Gent"),
        {
            trigger: ".o_field_widget[name=is_new] input",
            run: "click",
        },
        press("action_check"),
        current("checked"),
    ],
});

addTour("invoicing_clerk_customer_approve", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Kestrel Optics Trade) td[name=customer_name]",
            run: "click",
        },
        press("action_approve"),
        current("active"),
    ],
});
