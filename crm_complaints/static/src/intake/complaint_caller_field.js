// Caller: finds customers by number, name, address or reference.
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useChildRef, useService } from "@web/core/utils/hooks";
import { CharField, charField } from "@web/views/fields/char/char_field";
import { useInputField } from "@web/views/fields/input_field_hook";
import { onMounted } from "@odoo/owl";

// Fewer characters would find too many customers.
const LEAST = 3;

export class ComplaintCallerField extends CharField {
    static template = "crm_complaints.CallerField";
    static components = { ...CharField.components, AutoComplete };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.inputRef = useChildRef();
        useInputField({
            getValue: () => this.props.record.data[this.props.name] || "",
            parse: (value) => this.parse(value),
            ref: this.inputRef,
        });
        // Odoo focuses new records alone, and a page that is resumed is none.
        onMounted(() => !this.props.record.isNew && this.inputRef.el?.focus());
    }

    get sources() {
        return [
            {
                options: (text) => this.findCustomers(text),
                optionSlot: "caller",
                placeholder: _t("Searching…"),
            },
        ];
    }

    async findCustomers(text) {
        if (text.length < LEAST) {
            return [];
        }
        const found = await this.orm
            .silent.call(this.props.record.resModel, "find_customer", [text])
            // if the search fails, the call goes on, and what is typed stays
            .catch(() => []);
        return found.map((customer) => ({
            label: customer.name,
            data: customer,
            onSelect: () => this.choose(customer),
        }));
    }

    async choose(customer) {
        const record = this.props.record;
        // the text typed to search is not stored
        this.inputRef.el.value = "";
        await record.update({ [this.props.name]: false });
        const changes = customer.partner_id
            ? {
                  partner_id: {
                      id: customer.partner_id,
                      display_name: customer.partner_display,
                  },
              }
            : {
                  partner_name: customer.name,
                  phone: customer.phone,
                  email: customer.email,
              };
        if (customer.about) {
            changes.about_res_id = customer.about;
        }
        await record.update(changes);
    }
}

registry.category("fields").add("complaint_caller", {
    ...charField,
    component: ComplaintCallerField,
    displayName: _t("Caller"),
});
