import { addTour } from "./tour";

const selectAll = {
    content: "Select all rows",
    trigger: ".o_list_view thead .o_list_record_selector input",
    run: "click",
};

addTour("invoicing_clerk_document_request", {
    steps: () => [
        {
            content: "The file says what is missing",
            trigger: ".alert:contains(Signed Delivery Note, Exemption Certificate)",
        },
        { trigger: "button[name=action_request_documents]", run: "click" },
        {
            content: "One request for sales, one for the customer",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        selectAll,
        { trigger: "button[name=action_send]", run: "click" },
        { trigger: ".o_data_row td[name=state]:contains(Requested)" },
    ],
});

addTour("invoicing_clerk_document_accept", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        selectAll,
        { trigger: "button[name=action_accept]", run: "click" },
        {
            content: "Nothing is left to check",
            trigger: ".o_nocontent_help, .o_view_nocontent",
        },
    ],
});
