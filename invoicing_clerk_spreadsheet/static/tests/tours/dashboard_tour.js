import { addTour } from "@invoicing_clerk/../tests/tours/tour";

addTour("invoicing_clerk_spreadsheet_dashboard", {
    steps: () => [
        {
            trigger: ".o_dashboard_name:contains(Receivables)",
            run: "click",
        },
        {
            content: "All charts are drawn",
            trigger: ".o_renderer .o-figure:nth-of-type(6), .o-figure-wrapper:nth-of-type(6)",
        },
        {
            content: "The period and the company can be changed",
            trigger: ".o_control_panel:contains(Last 12 Months)",
        },
    ],
});
