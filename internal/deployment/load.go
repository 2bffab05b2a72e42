package deployment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"mulligan/internal/awscall"
)

// Options say which AWS account and Region is meant, where the environment and
// the shared configuration files of the AWS tools do not.
type Options struct {
	Region, Profile string // "" leaves it to these
}

// attempts is how often a call is made. patience bounds a person's wait for all
// of them, and for the search for credentials, which may lead over the network.
const (
	attempts = 3
	patience = 15 * time.Second
)

// Load finds Region and credentials as all AWS tools do: the environment, the
// profile, single sign-on, roles of machines; the AWS_ENDPOINT_URL variables are
// honoured. It fails where there is no Region or there are no credentials, and
// says what to set.
func Load(ctx context.Context, o Options) (aws.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	retryer := config.WithRetryer(func() aws.Retryer { return awscall.Attempts(attempts) })
	quiet := config.WithLogger(logging.Nop{}) // what fails is in the error
	cfg, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(o.Profile), config.WithRegion(o.Region), retryer, quiet)
	if unknown, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return aws.Config{}, o.noProfile(unknown.Profile)
	}
	if err != nil {
		return aws.Config{}, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return aws.Config{}, errors.New("no AWS Region is set: pass --region, or set AWS_REGION or the profile's region")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, fmt.Errorf("no AWS credentials: pass --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or sign in with your AWS tool (%w)", err)
	}
	return cfg, nil
}

// noProfile names a profile that is not there, and what named it.
func (o Options) noProfile(name string) error {
	by := "AWS_PROFILE"
	if o.Profile != "" {
		by = "--profile"
	}
	return fmt.Errorf("there is no AWS profile named %s, as %s says: name another with --profile", name, by)
}

// sources say where credentials are from, by the beginnings of the SDK's names
// for the providers that found them.
var sources = []struct{ provider, words string }{
	{"EnvConfigCredentials", "the environment"},
	{"SharedConfigCredentials", "the shared configuration files"},
	{"SSO", "single sign-on"},
	{"AssumeRole", "an assumed role"},
	{"WebIdentity", "a web identity"},
	{"ProcessProvider", "a credential process"},
	{"EC2RoleProvider", "the machine's role"},
	{"CredentialsEndpointProvider", "the container's role"},
}

// inWords is a provider of the SDK's as people call it.
func inWords(provider string) string {
	for _, s := range sources {
		if strings.HasPrefix(provider, s.provider) {
			return s.words
		}
	}
	return provider
}
