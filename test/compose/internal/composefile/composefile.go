// Package composefile reads docker-compose.yml as `docker compose` does.
package composefile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// Passwords are values for all variables that the file insists on.
var Passwords = []string{
	"NATS_PASSWORD=natspassword", "MONGO_PASSWORD=mongopassword", "MONGO_ROOT_PASSWORD=rootpassword",
	"ADMIN_PASSWORD=adminpassword", "GRAFANA_PASSWORD=grafanapassword",
}

// Load parses the text of a compose file in the root, with all profiles, and only the
// variables of env: neither .env nor the environment counts.
func Load(ctx context.Context, root string, text []byte, env []string) (*types.Project, error) {
	dir, err := os.MkdirTemp("", "parley-compose-")
	if err != nil {
		return nil, fmt.Errorf("read the compose file: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "docker-compose.yml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, fmt.Errorf("read the compose file: %w", err)
	}
	opts, err := cli.NewProjectOptions([]string{file}, cli.WithWorkingDirectory(root), cli.WithName("parley"), cli.WithEnv(env), cli.WithProfiles([]string{"*"}))
	if err != nil {
		return nil, fmt.Errorf("read the compose file: %w", err)
	}
	p, err := opts.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the compose file: %w", err)
	}
	return p, nil
}

// BuilderImage returns the image that the Dockerfile's first stage is made from,
// with the defaults of its arguments.
func BuilderImage(dockerfile string) (string, error) {
	args := map[string]string{}
	for line := range strings.Lines(dockerfile) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "ARG":
			name, value, _ := strings.Cut(rest, "=")
			args[name] = value
		case "FROM":
			image, _, _ := strings.Cut(rest, " ")
			return os.Expand(image, func(name string) string { return args[name] }), nil
		}
	}
	return "", errors.New("the Dockerfile has no FROM")
}
