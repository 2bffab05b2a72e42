"""Asks IAM on behalf of the services, which in MiniStack act without being asked: may this role, may this service do that?

With AUTH=false everything is allowed, as everywhere else in MiniStack.
"""

import json

from ministack import app
from ministack.core import iam_evaluator as iam
from ministack.core.arn import parse_arn
from ministack.services import iam as store

import patching


def check():
    """Raises patching.Drift if what this module asks MiniStack is not there."""
    patching.original(iam, "evaluate", "ctx, policies, limits")
    patching.original(iam, "combine_resource_policy", "identity, ctx, policy, owner_account, required, limits")
    patching.original(iam, "evaluate_resource_policy", "doc, ctx, service, named_only, direct_only")
    patching.original(iam, "_gather_role_policies", "role_name, account_id")
    patching.original(iam, "_permissions_boundary", "store, name, account_id")
    patching.original(iam, "_conditions_met", "conditions, ctx")
    patching.original(iam, "_action_matches", "request_action, actions, not_actions")
    patching.original(iam, "_service_principal_matches", "principal, service")


def enforced():
    """Whether the account enforces IAM."""
    return bool(app.AUTH)


def role(arn):
    """The record of the role with exactly this ARN, path included, or None.

    MiniStack keys roles by their name alone; in AWS an ARN with another path names no role.
    """
    name, account = arn.rsplit("/", 1)[-1], parse_arn(arn).account_id
    found = store._roles.get_scoped(account, None, name)
    return found if found and found.get("Arn") == arn else None


def _context(principal, kind, account, action, resource, keys):
    # Services speak TLS to one another.
    return iam.EvalContext(
        principal_arn=principal, principal_type=kind, principal_account=account, action=action, resource_arn=resource,
        region=parse_arn(resource).region if resource.startswith("arn:") else "", secure_transport=True,
        service_context={key.lower(): value for key, value in (keys or {}).items()})


def role_may(arn, action, resource, keys=None, resource_policy=None):
    """Whether the role, within its permissions boundary, may do action on resource; a policy of the resource itself is heard too.

    keys are condition keys of the request. A role that does not exist may do nothing.
    """
    if not enforced():
        return True
    if role(arn) is None:
        return False
    name, account = arn.rsplit("/", 1)[-1], parse_arn(arn).account_id
    context = _context(f"arn:aws:sts::{account}:assumed-role/{name}/service", "AssumedRole", account, action, resource, keys)
    limits = iam._permissions_boundary(store._roles, name, account)
    result = iam.evaluate(context, iam._gather_role_policies(name, account), *limits)
    owner = parse_arn(resource).account_id or None
    return iam.combine_resource_policy(result, context, resource_policy, owner, limits=tuple(limits)).decision == "Allow"


def service_may(policy, service, action, resource, source_arn, source_account):
    """Whether a resource's own policy lets a service ("events.amazonaws.com") act for the source. No policy allows nothing."""
    if not enforced():
        return True
    context = _context("*", "Service", "", action, resource, {
        "aws:SourceArn": source_arn, "aws:SourceAccount": source_account, "aws:SourceOwner": source_account})
    return bool(policy) and iam.evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def role_trusts(arn, service, keys):
    """Whether the role exists and its trust policy lets the service assume it, with these condition keys."""
    if not enforced():
        return True
    found = role(arn)
    if found is None:
        return False
    context = _context("*", "Service", "", "sts:AssumeRole", arn, keys)
    matching = [s for s in _statements(found) if _concerns(s, service) and iam._conditions_met(s.get("Condition") or {}, context)]
    return bool(matching) and all(statement.get("Effect") == "Allow" for statement in matching)


def _statements(found):
    document = found.get("AssumeRolePolicyDocument") or "{}"
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement") or []
    return [statements] if isinstance(statements, dict) else statements


def _concerns(statement, service):
    actions = statement.get("Action") or []
    principal = statement.get("Principal") or {}
    named = principal == "*" or iam._service_principal_matches(principal, service)
    return named and iam._action_matches("sts:AssumeRole", [actions] if isinstance(actions, str) else actions, ["*"])
