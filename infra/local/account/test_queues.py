"""What IAM asks of batches."""

import unittest

from botocore.exceptions import ClientError

from trial import Case, statement


class Batches(Case):
    def test_a_batch_needs_the_permission_of_what_it_is_made_of(self):
        url, queue = self.queue()
        some = [{"Id": "0", "MessageBody": "a"}, {"Id": "1", "MessageBody": "b"}]
        sender = self.client("sqs", *self.user(statement("sqs:SendMessage", queue)))
        self.assertEqual(len(sender.send_message_batch(QueueUrl=url, Entries=some)["Successful"]), 2)
        with self.assertRaisesRegex(ClientError, "AccessDenied"):
            sender.delete_message_batch(QueueUrl=url, Entries=[{"Id": "0", "ReceiptHandle": "x"}])
        other = self.client("sqs", *self.user(statement("sqs:SendMessageBatch", queue)))
        with self.assertRaisesRegex(ClientError, "AccessDenied"):
            other.send_message_batch(QueueUrl=url, Entries=some)


if __name__ == "__main__":
    unittest.main()
