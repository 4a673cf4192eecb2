"""complaint.policy: which deadlines apply to which complaints."""

import ast
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...engine import milestones
from ..core.isolation import isolated
from .complaint_policy_target import terms_of

# condition of a policy -> field of the complaint it is compared with
_CONDITIONS = {
    "team_ids": "team_id",
    "channel_ids": "channel_id",
    "category_ids": "category_id",
    "tag_ids": "tag_ids",
}
# Fields whose change may bring a complaint under another policy, beside those of
# ``_complaint_policy_facts``.
POLICY_FIELDS = frozenset({*_CONDITIONS.values(), "company_id", "partner_id"})


@dataclass(frozen=True)
class _Conditions:
    """Policy: when it applies, as plain values that are cached."""

    policy_id: int
    company_id: int
    wanted: dict  # field of the complaint -> the value it must have
    ids_by_field: dict  # field of the complaint -> ids, of which it must have one
    has_partner_domain: bool

    def fit(self, ticket):
        """Tell whether it fits a complaint, the condition on customers left aside."""
        if self.company_id and self.company_id != ticket.company_id.id:
            return False
        facts = ticket._complaint_policy_facts()
        if any(facts[name] != value for name, value in self.wanted.items()):
            return False
        return all(
            not ids or not ids.isdisjoint(ticket[field].ids)
            for field, ids in self.ids_by_field.items()
        )


class ComplaintPolicy(models.Model):
    _name = "complaint.policy"
    _description = "Complaint Policy"
    _complaint_privacy = "keep"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that matches applies.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="If empty, the policy applies to the complaints of all companies.",
    )
    target_ids = fields.One2many(
        comodel_name="complaint.policy.target",
        inverse_name="policy_id",
        string="Targets",
        copy=True,
    )
    promise = fields.Char(
        string="Target Summary",
        compute="_compute_promise",
        help="The targets of this policy in words.",
    )
    note = fields.Text(
        string="Source",
        translate=True,
        help="The origin of the targets: a law, a code of practice or your own "
        "decision.",
    )
    rights = fields.Html(
        string="Customer's Rights",
        translate=True,
        help="The information that letters under this policy must give about the "
        "ombudsman or ADR body: its name, website, address and phone number, that it "
        "is free of charge, and the time limit. If empty, letters do not mention "
        "one.",
    )
    team_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.team",
        string="Teams",
        domain=[("is_complaint_team", "=", True)],
    )
    channel_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.channel", string="Channels"
    )
    category_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.category", string="Categories"
    )
    tag_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.tag",
        string="Tags",
        help="The policy applies to complaints that have at least one of these tags.",
    )
    kind = fields.Selection(
        selection=[("complaint", "Complaint"), ("claim", "Claim")],
        help="If empty, the policy applies to complaints and claims.",
    )
    severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        help="If empty, the policy applies to every severity.",
    )
    partner_domain = fields.Char(
        string="Customer Condition",
        help="If empty, the policy applies to all customers, including unknown ones.",
    )
    condition_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Customer Condition Set By",
        readonly=True,
        copy=False,
        help="The user who set the customer condition. It can only use data to which "
        "this user has access.",
    )
    open_count = fields.Integer(string="Open Complaints", compute="_compute_open_count")

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends(
        "target_ids.milestone",
        "target_ids.delay",
        "target_ids.delay_unit",
        "target_ids.working_time",
        "target_ids.start_event",
    )
    @api.depends_context("lang")
    def _compute_promise(self):
        for policy in self:
            policy.promise = "; ".join(
                filter(None, policy.target_ids.mapped("promise"))
            )

    def _compute_open_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                self._open_domain(), ["complaint_policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.open_count = counts.get(policy, 0)

    def _open_domain(self):
        return [
            ("complaint_policy_id", "in", self.ids),
            ("complaint_milestone_ids.state", "in", milestones.OPEN),
        ]

    @api.constrains("target_ids", "active")
    def _check_target_ids(self):
        for policy in self:
            if policy.active and not policy.target_ids:
                raise ValidationError(
                    self.env._(
                        "The policy “%(name)s” has no targets. Please add at least "
                        "one, such as a final response within 14 days, or archive "
                        "the policy.",
                        name=policy.name,
                    )
                )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for policy in self:
            policy._ensure_partner_domain_parses()

    def _ensure_partner_domain_parses(self):
        with isolated(
            self.env, f"The condition of {self} cannot be read", savepoint=False
        ) as outcome:
            # checks names of fields and operators, without reading rows
            self._parsed_partner_domain().validate(self.env["res.partner"])
        if outcome.error:
            self._refuse_partner_domain(outcome.error)

    def _refuse_partner_domain(self, error):
        raise ValidationError(
            self.env._(
                "The customer condition of the policy “%(name)s” is invalid: "
                "%(reason)s",
                name=self.name,
                reason=error,
            )
        ) from error

    def _ensure_partner_domain_allowed(self):
        """Refuse a condition on what its author may not read.

        Which policy a complaint comes under would tell them. No constraint: Odoo checks
        those with the rights of the superuser.

        :raises AccessError: naming the policy
        """
        for policy in self:
            if self.env.su or not policy.partner_domain:
                continue
            domain = policy._parsed_partner_domain()
            try:
                self._check_readable(self.env["res.partner"], domain)
            except AccessError as error:
                raise AccessError(
                    self.env._(
                        "The customer condition of the policy “%(name)s” uses data "
                        "to which you have no access: %(reason)s",
                        name=policy.name,
                        reason=error,
                    )
                ) from error
            except ValueError as error:
                policy._refuse_partner_domain(error)

    @api.model
    def _check_readable(self, model, domain):
        """Check each field on each path of a domain, those in subdomains included."""
        for condition in domain.iter_conditions():
            target = model
            for name in condition.field_expr.split("."):
                field = target._fields.get(name)
                if field is None:
                    break  # a part of a date, or a property
                target.check_access("read")
                target._check_field_access(field, "read")
                if field.comodel_name:
                    target = self.env[field.comodel_name]
                    target.check_access("read")
            if isinstance(condition.value, Domain):
                self._check_readable(target, condition.value)
        model._search(domain)  # and whatever else Odoo checks

    @api.constrains("company_id", "team_ids", "category_ids", "channel_ids")
    def _check_companies_of_conditions(self):
        for policy in self.filtered("company_id"):
            for records in (policy.team_ids, policy.category_ids, policy.channel_ids):
                foreign = records.sudo().filtered(
                    lambda r, company=policy.company_id: (
                        r.company_id and r.company_id != company
                    )
                )
                if foreign:
                    raise ValidationError(
                        self.env._(
                            "“%(condition)s” and the policy “%(name)s” belong to "
                            "different companies. Please choose a condition of the "
                            "policy's company.",
                            condition=foreign[0].display_name,
                            name=policy.name,
                        )
                    )

    @api.model
    def _ensure_no_condition(self, name, records):
        """Refuse to delete conditions of policies, archived policies included."""
        # sudo: policies of other companies count as well
        policies = self.sudo().with_context(active_test=False)
        policy = policies.search([(name, "in", records.ids)], limit=1)
        if policy:
            raise UserError(
                self.env._(
                    "“%(condition)s” is a condition of the policy “%(policy)s”. Archive "
                    "it, or remove it from the policy first.",
                    condition=(policy[name] & records.sudo())[0].display_name,
                    policy=policy.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(
            [dict(vals, condition_user_id=self.env.uid) for vals in vals_list]
        )
        policies._ensure_partner_domain_allowed()
        self._conditions_changed()
        return policies

    def write(self, vals):
        vals = {name: vals[name] for name in vals if name != "condition_user_id"}
        if "partner_domain" in vals:
            vals["condition_user_id"] = self.env.uid
        result = super().write(vals)
        if "partner_domain" in vals:
            self._ensure_partner_domain_allowed()
        self._conditions_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._conditions_changed()
        return result

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        if "name" in (default or {}):
            return copies
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, copies, strict=True)
        ]

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_apply(self):
        """Show what applying this policy to the open complaints would change.

        :return: action that opens the preview
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "name": self.env._("Apply to Open Complaints"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.policy.apply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_policy_id": self.id},
        }

    def action_complaint_open(self):
        """Show the open complaints under this policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_action"
        )
        return {
            **action,
            "domain": [("is_complaint", "=", True), *self._open_domain()],
            "context": {"default_is_complaint": True},
        }

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _parsed_partner_domain(self):
        self.ensure_one()
        text = (self.partner_domain or "").strip()
        return Domain(ast.literal_eval(text) if text else Domain.TRUE)

    @api.model
    def _match(self, tickets):
        """Return the first policy that fits each complaint.

        A policy whose condition can no longer be evaluated fits none, and is reported.

        :param tickets: complaints of any companies, in sudo
        :return: (dict ticket -> policy or the empty one, dict policy -> (error,
            complaints it might have fitted))
        """
        # sudo: deadlines are the company's, whoever registers the complaint
        policies = self.sudo()
        found = dict.fromkeys(tickets, policies.browse())
        errors = {}
        left = tickets
        for conditions in policies._conditions():
            if not left:
                break
            fitting = left.filtered(conditions.fit)
            if not fitting:
                continue
            policy = policies.browse(conditions.policy_id)
            if conditions.has_partner_domain:
                concerned = fitting
                # a field it names may be gone, with the addon that defined it
                with isolated(
                    self.env, f"{policy} cannot be looked at", flush=False
                ) as outcome:
                    fitting = policy._filter_by_partner(concerned)
                if outcome.error:
                    errors[policy] = (outcome.error, concerned)
                    continue
            for ticket in fitting:
                found[ticket] = policy
            left -= fitting
        return found, errors

    @api.model
    @ormcache()
    def _conditions(self):
        """Return when each policy applies, in their order; cached."""
        return tuple(
            _Conditions(
                policy.id,
                policy.company_id.id,
                {
                    field: policy[name]
                    for name, field in self._fact_conditions().items()
                    if policy[name]
                },
                {
                    # an archived category is still a condition
                    field: frozenset(policy.with_context(active_test=False)[name].ids)
                    for name, field in _CONDITIONS.items()
                },
                bool(policy.partner_domain),
            )
            for policy in self.sudo()
            .with_context(active_test=True)
            .search([("target_ids", "!=", False)])
        )

    @api.model
    def _fact_conditions(self):
        """Hook: return {field of the policy: fact of a complaint that it must equal}.

        The facts are those of ``_complaint_policy_facts``.
        """
        return {"kind": "complaint_kind", "severity": "complaint_severity"}

    @ormcache("self.id")
    def _terms(self):
        """Return [(target id, its terms)] of a policy; cached as well."""
        return tuple((target.id, terms_of(target)) for target in self.sudo().target_ids)

    @api.model
    def _conditions_changed(self):
        """Clear the caches of policies, now and once others can see the change."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _filter_by_partner(self, tickets):
        """Return those of these complaints whose customer the condition fits.

        Evaluated with the rights of its author.
        """
        domain = self._parsed_partner_domain()
        author = self.condition_user_id or self.create_uid
        fitting = tickets.browse()
        # the values of a contact may differ from company to company
        for company, batch in tickets.grouped("company_id").items():
            Partner = self.env["res.partner"].with_user(author)
            if author._is_superuser() or company in author.company_ids:
                Partner = Partner.with_company(company)
            else:
                Partner = Partner.with_context(
                    allowed_company_ids=author.company_ids.ids
                )
            found = Partner.with_context(active_test=False).search(
                Domain("id", "in", batch.partner_id.ids) & domain
            )
            fitting += batch.filtered(
                lambda t, ids=set(found.ids): t.partner_id.id in ids
            )
        return fitting
