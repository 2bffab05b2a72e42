"""SimulatePrincipalPolicy for roles, as IAM answers it.

AWS (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html) takes the role's permissions boundary into account,
the context entries, and every resource. MiniStack takes the first resource alone, no boundary and no context, and does not find a role
that has a path.
"""

from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.core.responses import get_region
from ministack.services import iam

import patching
import permissions

DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def mend():
    """Puts the mend in place. Raises patching.Drift if MiniStack has changed."""

    def simulate(p):
        arn = iam._p(p, "PolicySourceArn")
        if ":role/" not in arn:
            return old(p)
        if permissions.role(arn) is None:
            return iam._error(404, "NoSuchEntity", f"Role {arn} does not exist or is not attachable.", ns="iam")
        members = "".join(_member(arn, action, resource, _context(p))
                          for action in _members(p, "ActionNames") for resource in _members(p, "ResourceArns") or ["*"])
        return iam._xml(200, "SimulatePrincipalPolicyResponse",
                        f"<SimulatePrincipalPolicyResult><EvaluationResults>{members}</EvaluationResults>"
                        "<IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>", ns="iam")

    patching.original(iam, "_p", "params, key, default")
    old = patching.replace(iam, "_simulate_principal_policy", "p", simulate)


def _members(p, name):
    found, index = [], 1
    while iam._p(p, f"{name}.member.{index}"):
        found.append(iam._p(p, f"{name}.member.{index}"))
        index += 1
    return found


def _context(p):
    """The context entries of the request: key in lower case, one value or the list of several."""
    entries, index = {}, 1
    while iam._p(p, f"ContextEntries.member.{index}.ContextKeyName"):
        entry = f"ContextEntries.member.{index}"
        values = _members(p, f"{entry}.ContextKeyValues")
        entries[iam._p(p, f"{entry}.ContextKeyName").lower()] = values if len(values) != 1 else values[0]
        index += 1
    return entries


def _member(arn, action, resource, entries):
    name, account = arn.rsplit("/", 1)[-1], parse_arn(arn).account_id
    region = parse_arn(resource).region if resource.startswith("arn:") else get_region()
    context = iam_evaluator.EvalContext(
        principal_arn=arn, principal_type="AssumedRole", principal_account=account, action=action, resource_arn=resource,
        region=region, secure_transport=True, service_context=entries)
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account),
                                    *iam_evaluator._permissions_boundary(iam._roles, name, account))
    decision = DECISIONS.get(result.decision, "implicitDeny")
    return (f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}</EvalResourceName>"
            f"<EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/></member>")
