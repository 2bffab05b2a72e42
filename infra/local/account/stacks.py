"""What CloudFormation does with a template, where MiniStack would let a wrong one pass or lose what a right one keeps.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ and the resource types named at each mend.
"""

import functools
import hashlib

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation, cloudwatch_logs, dynamodb, iam, lambda_svc, sns
from ministack.services.cloudformation import provisioners

import patching
import permissions

NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."
NO_CODE = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."


def mend():
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed."""
    _mend_names()
    _mend_log_groups()
    _mend_roles()
    _mend_functions()
    _mend_tables()
    _mend_topics()


def _mend_names():
    """A generated name is never used twice. MiniStack's repeat with the stack's name, and a new stack would empty a table that was kept."""

    def name(stack_name, logical_id, *, lowercase=False, max_len=128, seeded=True):
        plain = old(stack_name, logical_id, lowercase=lowercase, max_len=max_len, seeded=seeded)
        stack = (cloudformation._stacks.get(stack_name) or {}).get("StackId", "")
        suffix = hashlib.sha256(f"{plain.upper()}:{stack}".encode()).hexdigest()[:13]
        return plain[:-13] + (suffix if lowercase else suffix.upper())

    old = patching.replace(provisioners, "_physical_name", "stack_name, logical_id, lowercase, max_len, seeded", name)


def _refuse_existing(kind, name, existing):
    if name and name in existing:
        raise ValueError(f"Resource of type '{kind}' with identifier '{name}' already exists.")


def _mend_log_groups():
    """AWS::Logs::LogGroup: the same for log groups, whose names MiniStack makes from the stack's alone."""

    def named(props, stack_name, logical_id):
        return dict(props, LogGroupName=props.get("LogGroupName") or provisioners._physical_name(stack_name, logical_id, max_len=512))

    def create(logical_id, props, stack_name):
        props = named(props, stack_name, logical_id)
        _refuse_existing("AWS::Logs::LogGroup", props["LogGroupName"], cloudwatch_logs._log_groups)
        return old(logical_id, props, stack_name)

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        was, new = (named(props, stack_name, logical_id or physical_id) for props in (old_props, new_props))
        return old_update(physical_id, was, new, stack_name, logical_id)

    old = patching.replace(provisioners, "_cwlogs_create", "logical_id, props, stack_name", create)
    old_update = patching.replace(provisioners, "_cwlogs_update", UPDATE, update)


UPDATE = "physical_id, old_props, new_props, stack_name, logical_id"


def _mend_roles():
    """AWS::IAM::Role: PermissionsBoundary, which MiniStack overlooks in a template."""

    def bound(name, props):
        boundary = props.get("PermissionsBoundary") or ""
        if boundary and permissions.enforced() and iam._boundary_policy_error(boundary):
            raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")
        iam._roles[name]["PermissionsBoundary"] = boundary

    def create(logical_id, props, stack_name):
        _refuse_existing("AWS::IAM::Role", props.get("RoleName"), iam._roles)
        answer = old(logical_id, props, stack_name)
        bound(answer[0], props)
        return answer

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        answer = old_update(physical_id, old_props, new_props, stack_name, logical_id)
        bound(answer[0], new_props)
        return answer

    patching.original(iam, "_boundary_policy_error", "arn")
    old = patching.replace(provisioners, "_iam_role_create", "logical_id, props, stack_name", create)
    old_update = patching.replace(provisioners, "_iam_role_update", UPDATE, update)


def _assumable(role, name):
    """Lambda refuses a role that it cannot assume. It says where from, for a trust policy that wants to know."""
    arn = f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{name}"
    return permissions.role_trusts(role, "lambda.amazonaws.com", {"aws:SourceAccount": get_account_id(), "aws:SourceArn": arn})


def _has_code(code):
    """MiniStack makes a function whose code is not in S3 one that does nothing and reports success."""
    key = code.get("S3Key")
    return not key or lambda_svc._fetch_code_from_s3(code.get("S3Bucket"), key, version_id=code.get("S3ObjectVersion")) is not None


def _mend_functions():
    """AWS::Lambda::Function: ReservedConcurrentExecutions, a role that Lambda can assume, code that is there, no process after it."""

    def reserve(name, props):
        reserved = props.get("ReservedConcurrentExecutions")
        lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)

    def create(logical_id, props, stack_name):
        name = props.get("FunctionName") or provisioners._physical_name(stack_name, logical_id, max_len=64)
        _refuse_existing("AWS::Lambda::Function", name, lambda_svc._functions)
        if not _assumable(props.get("Role", ""), name):
            raise ValueError(NOT_ASSUMABLE)
        if not _has_code(props.get("Code") or {}):
            raise ValueError(NO_CODE)
        answer = old(logical_id, props, stack_name)
        reserve(answer[0], props)
        return answer

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        if not _assumable(new_props.get("Role", ""), physical_id):
            raise ValueError(NOT_ASSUMABLE)
        answer = old_update(physical_id, old_props, new_props, stack_name, logical_id)
        if answer[0] != physical_id or old_props.get("ReservedConcurrentExecutions") != new_props.get("ReservedConcurrentExecutions"):
            reserve(answer[0], new_props)
        return answer

    def delete(physical_id, props):
        old_delete(physical_id, props)
        lambda_svc.invalidate_worker(physical_id, account=get_account_id(), region=get_region())

    patching.original(lambda_svc, "_fetch_code_from_s3", "bucket, key, version_id")
    patching.original(lambda_svc, "invalidate_worker", "func_name, qualifier, account, region")
    old = patching.replace(provisioners, "_lambda_create", "logical_id, props, stack_name", create)
    old_update = patching.replace(provisioners, "_lambda_update", UPDATE, update)
    old_delete = patching.replace(provisioners, "_lambda_delete", "physical_id, props", delete)
    _mend_function_calls()


def _mend_function_calls():
    """CreateFunction and UpdateFunctionConfiguration want that role too."""

    def refuse():
        return lambda_svc.error_response_json("InvalidParameterValueException", NOT_ASSUMABLE, 400)

    @functools.wraps(lambda_svc._create_function)
    def create(data):
        return old(data) if _assumable(data.get("Role", ""), data.get("FunctionName", "")) else refuse()

    @functools.wraps(lambda_svc._update_config)
    def update(name, data):
        return old_update(name, data) if "Role" not in data or _assumable(data["Role"], name) else refuse()

    old = patching.replace(lambda_svc, "_create_function", "data", create)
    old_update = patching.replace(lambda_svc, "_update_config", "name, data", update)


def _mend_tables():
    """AWS::DynamoDB::Table: a table with deletion protection stays, and the deletion of the stack fails."""

    def read(props):
        """A parameter's value is text, and MiniStack would take "false" for true."""
        return dict(props, DeletionProtectionEnabled=str(props.get("DeletionProtectionEnabled")).lower() == "true")

    def create(logical_id, props, stack_name):
        _refuse_existing("AWS::DynamoDB::Table", props.get("TableName"), dynamodb._tables)
        return old(logical_id, read(props), stack_name)

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        return old_update(physical_id, read(old_props), read(new_props), stack_name, logical_id)

    def delete(physical_id, props):
        table = dynamodb._tables.get(physical_id) or {}
        if table.get("DeletionProtectionEnabled"):
            raise ValueError(f"Resource {physical_id} cannot be deleted as it is currently protected against deletion. "
                             "Disable deletion protection first.")
        old_delete(physical_id, props)

    old = patching.replace(provisioners, "_ddb_create", "logical_id, props, stack_name", create)
    old_update = patching.replace(provisioners, "_ddb_update", UPDATE, update)
    old_delete = patching.replace(provisioners, "_ddb_delete", "physical_id, props", delete)


def _mend_topics():
    """AWS::SNS::Topic: KmsMasterKeyId, which MiniStack overlooks in a template."""

    def encrypt(arn, props):
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = props.get("KmsMasterKeyId") or ""

    def create(logical_id, props, stack_name):
        answer = old(logical_id, props, stack_name)
        encrypt(answer[0], props)
        return answer

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        answer = old_update(physical_id, old_props, new_props, stack_name, logical_id)
        encrypt(answer[0], new_props)
        return answer

    old = patching.replace(provisioners, "_sns_create", "logical_id, props, stack_name", create)
    old_update = patching.replace(provisioners, "_sns_update", UPDATE, update)
