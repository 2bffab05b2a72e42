"""Prints the CloudFormation template that the SAM translator makes of a template. See expand."""

import json
import pathlib
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """Stands for the loader that asks IAM for the managed policies that a role may name. The roles here name none."""

    def load(self):
        raise SystemExit("infra/local/expand: the template names a managed policy")


def expand(path, parameters):
    template = yaml_parse(pathlib.Path(path).read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # The translator wants the code to be where a deployment puts it.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(template, parameters, NoManagedPolicies())


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    json.dump(expand(sys.argv[1], given), sys.stdout, indent=1)
