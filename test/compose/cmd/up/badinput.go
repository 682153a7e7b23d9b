package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/parley-chat/parley/test/compose/internal/composefile"
	"github.com/parley-chat/parley/test/compose/internal/docker"
	"github.com/parley-chat/parley/test/internal/wait"
)

// badInput tries what people get wrong, while the system is up: the mistake is reported
// in a sentence, and everything else goes on.
func (r *run) badInput(ctx context.Context) error {
	for _, try := range []func(context.Context) error{r.noPassword, r.wrongValues, r.refusedByNATS, r.refusedByMongo} {
		if err := try(ctx); err != nil {
			return err
		}
	}
	return r.project.Healthy(ctx, upLimit, single)
}

// noPassword omits one password at a time: compose itself names it.
func (r *run) noPassword(ctx context.Context) error {
	for i, line := range composefile.Passwords {
		name, _, _ := strings.Cut(line, "=")
		lacks := *r.project
		lacks.EnvFile = filepath.Join(r.dir, "env-lacks")
		var text strings.Builder
		for j, other := range composefile.Passwords {
			if i != j {
				text.WriteString(other + "\n")
			}
		}
		if err := os.WriteFile(lacks.EnvFile, []byte(text.String()), 0o600); err != nil {
			return err
		}
		_, err := lacks.Compose(ctx, "up", "-d")
		if err == nil || !strings.Contains(err.Error(), "Copy .env.example to .env and give "+name+" a value there") {
			return fmt.Errorf("up without %s: %v", name, err)
		}
	}
	r.say("Each password that is missing in .env is named, and nothing is started.")
	return nil
}

// wrong is a setting that a role can't work with.
type wrong struct{ role, setting, value, sentence string }

func (r *run) wrongValues(ctx context.Context) error {
	for _, w := range []wrong{
		{"botworker", "STREAMS", "0", "0 is not a number from 1 to 64"},
		{"botworker", "BOT_KNOWLEDGE", "/nowhere", `"/nowhere" is not a folder that can be read`},
		{"escalation", "WAIT_LIMIT", "abc", `"abc" is not a time such as 30s, 10m or 24h`},
		{"historyworker", "RETENTION", "a week", `"a week" is not a time such as 30s, 10m or 24h`},
		{"gateway", "ADMIN_PASSWORD", "hunter2", "it has 7 characters; a password has 10 to 200"},
	} {
		_, err := r.project.Compose(ctx, "run", "--rm", "--no-deps", "-T", "-e", w.setting+"="+w.value, w.role)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(err.Error(), "\n  "+w.setting+": "+w.sentence) {
			return fmt.Errorf("%s with %s=%s does not end with code 2 and a sentence: %v", w.role, w.setting, w.value, err)
		}
	}
	r.say("A wrong setting stops its role at once, with code 2 and a sentence that names it.")
	return nil
}

// refusedByNATS gives one role a password that NATS refuses.
func (r *run) refusedByNATS(ctx context.Context) error {
	id, err := r.project.Compose(ctx, "run", "-d", "--no-deps", "-e", "NATS_URL=nats://parley:wrongsecret@nats:4222", "escalation")
	if err != nil {
		return err
	}
	return r.refused(ctx, id, "waiting for NATS", "NATS refuses a role's password")
}

// refusedByMongo gives the history worker a password that MongoDB refuses. The stand-in
// has no users: for it, another server refuses.
func (r *run) refusedByMongo(ctx context.Context) error {
	host := "mongo"
	if r.standins["mongo"] {
		host = "refuser"
		all, err := r.project.Containers(ctx, "mongo")
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return errors.New("there is no container of mongo")
		}
		image, err := r.client.Do(ctx, "inspect", "-f", "{{.Config.Image}}", all[0].ID)
		if err != nil {
			return err
		}
		id, err := r.client.Do(ctx, "run", "-d", "--network", r.project.Name+"_store", "--network-alias", host, "--entrypoint", "/usr/local/bin/refuser", image, "-addr", "0.0.0.0:27017")
		if err != nil {
			return err
		}
		defer func() { _, _ = r.client.Do(ctx, "rm", "-f", id) }()
	}
	id, err := r.project.Compose(ctx, "run", "-d", "--no-deps", "-e", "MONGO_URL=mongodb://parley:wrongsecret@"+host+":27017/parley", "historyworker")
	if err != nil {
		return err
	}
	return r.refused(ctx, id, "waiting for MongoDB", "MongoDB refuses a role's password")
}

// tries is how many attempts of a refused role are watched.
const tries = 5

// refused waits until the container of compose's run has made some attempts, and checks
// how it made them.
func (r *run) refused(ctx context.Context, printed, waits, what string) error {
	lines := strings.Fields(printed)
	if len(lines) == 0 {
		return fmt.Errorf("%s: no container was started", what)
	}
	c := docker.Container{ID: lines[len(lines)-1]}
	defer func() { _, _ = r.client.Do(ctx, "rm", "-f", c.ID) }()
	attempt := regexp.MustCompile(fmt.Sprintf(`(?m)^.*"try":%d,.*"message":"%s".*$`, tries, waits))
	said := ""
	err := wait.Until(ctx, upLimit, what+", and it tries again", func(context.Context) string {
		said = r.project.Logs(ctx, c)
		if !attempt.MatchString(said) {
			return said
		}
		return ""
	})
	if err != nil {
		return err
	}
	how, err := r.client.Do(ctx, "inspect", "-f", "{{.State.Status}} {{.RestartCount}}", c.ID)
	if err != nil {
		return err
	}
	_, why := r.client.Do(ctx, "exec", c.ID, "/parley", "health")
	switch {
	case how != "running 0":
		return fmt.Errorf("%s: the container is %s (its restarts)", what, how)
	case strings.Contains(said, "wrongsecret") || strings.Contains(said, "goroutine "):
		return fmt.Errorf("%s: its log tells a password, or a stack:\n%s", what, said)
	case why == nil || !strings.Contains(why.Error(), waits):
		return fmt.Errorf("%s: parley health says: %v", what, why)
	}
	health, _, _ := strings.Cut(strings.TrimSpace(why.Error()[strings.LastIndex(why.Error(), "parley health:"):]), "\n")
	r.say("%s: it tries again, each time later, and is neither restarted nor healthy. %s", what, health)
	return nil
}
