package proc

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var announced = regexp.MustCompile(`(?:Visitors: +|"visitors":")(http://[^"\s]+)/`)

// StartGateway runs Parley with the arguments (none: everything in one process) on a
// free loopback port and returns its base URL once it serves.
func StartGateway(ctx context.Context, s Spec) (p *Process, base string, err error) {
	s.Env = append([]string{"ADDR=127.0.0.1:0"}, s.Env...)
	s.Ready = func(line string) bool {
		if m := announced.FindStringSubmatch(line); m != nil {
			base = m[1]
		}
		return base != ""
	}
	p, err = Start(ctx, s)
	return p, base, err
}

var natsPort = regexp.MustCompile(`Listening for client connections on (\S+:\d+)`)

// StartNATS runs a nats-server with JetStream on a free loopback port. sync is
// "always" or a time, as in NATS_SYNC.
func StartNATS(ctx context.Context, program, dir, sync string) (p *Process, natsURL string, err error) {
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("listen: \"127.0.0.1:-1\"\njetstream {\n  store_dir: %q\n  sync_interval: %s\n}\n", filepath.Join(dir, "nats"), sync)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, "", fmt.Errorf("configure the NATS server: %w", err)
	}
	// It logs to its standard error, which only a shell can join to the output.
	p, err = Start(ctx, Spec{
		Name: "nats", Dir: dir, Path: "/bin/sh", Args: []string{"-c", `exec "$0" -c "$1" 2>&1`, program, conf},
		Ready: func(line string) bool {
			if m := natsPort.FindStringSubmatch(line); m != nil {
				natsURL = "nats://" + m[1]
			}
			return strings.Contains(line, "Server is ready")
		},
	})
	return p, natsURL, err
}

// StartFerret runs the MongoDB-compatible server.
func StartFerret(ctx context.Context, program, dir string) (p *Process, mongoURL string, err error) {
	p, err = Start(ctx, Spec{
		Name: "ferret", Dir: dir, Path: program, Args: []string{"-dir", filepath.Join(dir, "ferret-data")},
		Ready: func(line string) bool { mongoURL = line; return strings.HasPrefix(line, "mongodb://") },
	})
	return p, mongoURL, err
}

// WithDatabase returns a MongoDB URL that names the database.
func WithDatabase(mongoURL, name string) (string, error) {
	u, err := url.Parse(mongoURL)
	if err != nil {
		return "", fmt.Errorf("MONGO_URL is not a URL: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}
