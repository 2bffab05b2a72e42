"""What CloudFormation makes, keeps and takes away, and what SimulatePrincipalPolicy answers."""

import json
import unittest

from trial import ACCOUNT, REGION, Case, ended, eventually, package, statement, unique

DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE", "DELETE_FAILED",
        "ROLLBACK_FAILED", "CREATE_FAILED")
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
TABLE = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
         "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}


class Stacks(Case):
    def deploy(self, name, resources, update=False):
        """Creates or updates the stack. Returns its state in the end and what its resources are called."""
        cloudformation = self.client("cloudformation")
        body = json.dumps({"Resources": resources})
        call = cloudformation.update_stack if update else cloudformation.create_stack
        return self.settled(call(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])["StackId"])

    def settled(self, stack):
        cloudformation = self.client("cloudformation")
        state = eventually(f"{stack} settles", lambda: (found := cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
                           in DONE and found)
        found = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        return state, {each["LogicalResourceId"]: each.get("PhysicalResourceId") for each in found}

    def delete(self, name):
        stack = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.client("cloudformation").delete_stack(StackName=name)
        return self.settled(stack)[0]

    def reasons(self, name):
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def code(self):
        bucket = unique("code")
        self.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("s3").put_object(Bucket=bucket, Key="code", Body=package())
        return {"S3Bucket": bucket, "S3Key": "code"}

    def function(self, name, **more):
        properties = {"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": self.code(),
                      "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Environment": {"Variables": {"DIARY": str(self.account.home / name)}}}
        return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
                "Function": {"Type": "AWS::Lambda::Function", "Properties": dict(properties, **more)}}

    def test_what_a_stack_kept_is_not_touched_by_the_next(self):
        name = unique("stack")
        resources = {"Ledger": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": TABLE},
                     "Log": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "Properties": {}}}
        _, first = self.deploy(name, resources)
        self.client("dynamodb").put_item(TableName=first["Ledger"], Item={"pk": {"S": "kept"}})
        resources["Log"]["Properties"]["RetentionInDays"] = 7
        self.assertEqual(self.deploy(name, resources, update=True), ("UPDATE_COMPLETE", first))
        self.assertEqual(self.delete(name), "DELETE_COMPLETE")
        _, second = self.deploy(name, resources)
        self.assertEqual(set(first.values()) & set(second.values()), set())
        self.assertEqual(self.client("dynamodb").scan(TableName=first["Ledger"])["Count"], 1)
        groups = [group["logGroupName"] for group in self.client("logs").describe_log_groups()["logGroups"]]
        self.assertLessEqual({first["Log"], second["Log"]}, set(groups))

    def test_what_is_there_is_not_made_again(self):
        taken = {"Ledger": {"Type": "AWS::DynamoDB::Table", "Properties": dict(TABLE, TableName=unique("table"))},
                 "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": unique("/group")}},
                 "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": unique("role"), "AssumeRolePolicyDocument": TRUST}}}
        self.assertEqual(self.deploy(unique("stack"), taken)[0], "CREATE_COMPLETE")
        for logical, resource in taken.items():
            with self.subTest(logical):
                name = unique("stack")
                self.assertEqual(self.deploy(name, {logical: resource})[0], "ROLLBACK_COMPLETE")
                self.assertIn("already exists", self.reasons(name))

    def test_a_protected_table_stays(self):
        name = unique("stack")
        resources = {"Ledger": {"Type": "AWS::DynamoDB::Table", "Properties": dict(TABLE, DeletionProtectionEnabled="true")}}
        _, made = self.deploy(name, resources)
        self.assertIs(self.protected(made["Ledger"]), True)
        self.assertEqual(self.delete(name), "DELETE_FAILED")
        self.client("dynamodb").update_table(TableName=made["Ledger"], DeletionProtectionEnabled=False)
        self.assertEqual(self.delete(name), "DELETE_COMPLETE")

    def test_the_protection_of_a_table_is_no_text(self):
        name = unique("stack")
        for text, want, update in (("false", False, False), ("true", True, True), ("false", False, True)):
            resources = {"Ledger": {"Type": "AWS::DynamoDB::Table", "Properties": dict(TABLE, DeletionProtectionEnabled=text)}}
            _, made = self.deploy(name, resources, update=update)
            self.assertIs(self.protected(made["Ledger"]), want)

    def protected(self, table):
        return self.client("dynamodb").describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]

    def test_reserved_concurrency_is_the_template_s(self):
        name, function = unique("stack"), unique("function")
        for reserved, update in ((5, False), (3, True), (None, True)):
            more = {"Description": str(reserved)} if reserved is None else {"ReservedConcurrentExecutions": reserved}
            self.deploy(name, self.function(function, **more), update=update)
            found = self.client("lambda").get_function_concurrency(FunctionName=function)
            self.assertEqual(found.get("ReservedConcurrentExecutions"), reserved)

    def test_a_function_s_process_goes_with_its_stack(self):
        name, function = unique("stack"), unique("function")
        self.deploy(name, self.function(function))
        self.client("lambda").invoke(FunctionName=function)
        pid = json.loads((self.account.home / function).read_text().splitlines()[0])["pid"]
        self.assertFalse(ended(pid))
        self.assertEqual(self.delete(name), "DELETE_COMPLETE")
        eventually("the process is gone", lambda: ended(pid))

    def test_a_function_wants_a_role_that_lambda_can_assume(self):
        resources = self.function(unique("function"))
        other = json.loads(json.dumps(TRUST).replace("lambda.", "scheduler."))
        resources["Role"]["Properties"]["AssumeRolePolicyDocument"] = other
        name = unique("stack")
        self.assertEqual(self.deploy(name, resources)[0], "ROLLBACK_COMPLETE")
        self.assertIn("cannot be assumed by Lambda", self.reasons(name))

    def test_a_function_wants_code_that_is_there(self):
        resources = self.function(unique("function"))
        resources["Function"]["Properties"]["Code"]["S3Key"] = "gone"
        name = unique("stack")
        self.assertEqual(self.deploy(name, resources)[0], "ROLLBACK_COMPLETE")
        self.assertIn("NoSuchKey", self.reasons(name))

    def test_a_permissions_boundary_is_the_template_s(self):
        boundary = self.boundary(statement("s3:*"))
        role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": boundary, "Path": "/a/b/"}}
        _, made = self.deploy(unique("stack"), {"Role": role})
        found = self.client("iam").get_role(RoleName=made["Role"])["Role"]
        self.assertEqual((found["PermissionsBoundary"]["PermissionsBoundaryArn"], found["Path"]), (boundary, "/a/b/"))
        role["Properties"]["PermissionsBoundary"] = boundary + "-gone"
        name = unique("stack")
        self.assertEqual(self.deploy(name, {"Role": role})[0], "ROLLBACK_COMPLETE")
        self.assertIn("does not exist or is not attachable", self.reasons(name))

    def test_a_topic_s_key_is_the_template_s(self):
        name = unique("stack")
        for key, update in (("alias/one", False), ("alias/two", True)):
            topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": key}}}
            _, made = self.deploy(name, topic, update=update)
            found = self.client("sns").get_topic_attributes(TopicArn=made["Topic"])["Attributes"]
            self.assertEqual(found["KmsMasterKeyId"], key)


class Simulation(Case):
    def simulate(self, role, actions, resources, context=()):
        entries = [{"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"} for key, value in context]
        answer = self.client("iam").simulate_principal_policy(PolicySourceArn=role, ActionNames=actions, ResourceArns=resources,
                                                              ContextEntries=entries)
        return [result["EvalDecision"] for result in answer["EvaluationResults"]]

    def test_every_action_and_resource_is_answered(self):
        role = self.role(statement("a:Do", "arn:aws:a:::one"), dict(statement("a:Undo"), Effect="Deny"), path="/platform/x/")
        self.assertEqual(self.simulate(role, ["a:Do", "a:Undo"], ["arn:aws:a:::one", "arn:aws:a:::two"]),
                         ["allowed", "implicitDeny", "explicitDeny", "explicitDeny"])

    def test_the_boundary_counts(self):
        bound = self.role(statement(["a:Do", "b:Do"]), boundary=self.boundary(statement("a:*")))
        self.assertEqual(self.simulate(bound, ["a:Do", "b:Do"], ["arn:aws:a:::one"]), ["allowed", "implicitDeny"])

    def test_the_context_counts(self):
        role = self.role(statement("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}))
        for service, decision in {"scheduler.amazonaws.com": "allowed", "lambda.amazonaws.com": "implicitDeny"}.items():
            self.assertEqual(self.simulate(role, ["iam:PassRole"], ["arn:aws:iam::1:role/x"], [("iam:PassedToService", service)]), [decision])
        self.assertEqual(self.simulate(role, ["iam:PassRole"], ["arn:aws:iam::1:role/x"]), ["implicitDeny"])

    def test_a_role_that_is_not_there_is_not_simulated(self):
        with self.assertRaisesRegex(Exception, "NoSuchEntity"):
            self.simulate(f"arn:aws:iam::{ACCOUNT}:role/nobody", ["a:Do"], ["*"])


if __name__ == "__main__":
    unittest.main()
