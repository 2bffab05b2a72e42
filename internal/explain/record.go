package explain

import "mulligan/internal/plaintext"

// maxARN is the longest ARN of an execution, in characters.
const maxARN = 2048

// recipe records what SageMaker shows, with nothing but a shell and the AWS CLI.
var recipe = []string{
	`{ echo '{"now": "'$(date -u +%FT%TZ)'", "execution":'`,
	`  aws sagemaker describe-pipeline-execution --pipeline-execution-arn "$ARN"`,
	`  echo ', "steps":'`,
	`  aws sagemaker list-pipeline-execution-steps --pipeline-execution-arn "$ARN"`,
	`  echo '}'; } > facts.json`,
}

// howToRecord tells how to come by facts.
func (p *page) howToRecord(arn string) {
	p.heading("How to get to a verdict")
	p.paragraph("On an account: --stack NAME, or --local. Elsewhere, record what SageMaker shows and pass it as --facts facts.json:", indent)
	p.line("")
	p.line("    ARN=" + plaintext.Line(arn, maxARN))
	for _, line := range recipe {
		p.line("    " + line)
	}
	p.line("")
	p.paragraph("events/README.md says what else a recording can hold: jobs, a newer success, the ledger's record and balances, holds and breakers.", indent)
}
