package docker

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Project is a compose file that is up, or may be.
type Project struct {
	Client  *Client
	Name    string
	Root    string   // of the repository
	Files   []string // compose files; a later one overrides an earlier one
	EnvFile string
	tool    []string
}

// Tool finds the compose command: version 2 as Docker's plugin, else Debian's
// docker-compose. It returns which one it is.
func (p *Project) Tool(ctx context.Context) (version string, err error) {
	p.tool = []string{"docker", "compose"}
	if version, err = p.Client.Do(ctx, "compose", "version", "--short"); err == nil {
		return "docker compose " + version, nil
	}
	if _, err := exec.LookPath("docker-compose"); err != nil {
		return "", fmt.Errorf("there is neither docker compose nor docker-compose (Debian: apt-get install docker-compose)")
	}
	p.tool = []string{"docker-compose"}
	version, err = output(p.Client.command(ctx, "docker-compose", "version", "--short"))
	return "docker-compose " + version, err
}

// Compose runs the compose command with the arguments.
func (p *Project) Compose(ctx context.Context, args ...string) (string, error) {
	all := append(append([]string{}, p.tool[1:]...), "--project-name", p.Name, "--project-directory", p.Root, "--env-file", p.EnvFile)
	for _, file := range p.Files {
		all = append(all, "--file", file)
	}
	return output(p.Client.command(ctx, p.tool[0], append(all, args...)...))
}

// Container is a container of the project.
type Container struct {
	ID, Service, Name, State, Health string
}

// Containers lists the containers of a service, or of all services if the name is empty,
// including those that have ended.
func (p *Project) Containers(ctx context.Context, service string) ([]Container, error) {
	ids, err := p.Client.Do(ctx, "ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project="+p.Name)
	if err != nil || ids == "" {
		return nil, err
	}
	const format = `{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}`
	text, err := p.Client.Do(ctx, append([]string{"inspect", "-f", format}, strings.Fields(ids)...)...)
	if err != nil {
		return nil, err
	}
	var all []Container
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 5 && (service == "" || service == f[1]) {
			all = append(all, Container{ID: f[0], Service: f[1], Name: strings.TrimPrefix(f[2], "/"), State: f[3], Health: f[4]})
		}
	}
	return all, nil
}

// Healthy waits until the project has this many containers and all of them are healthy.
func (p *Project) Healthy(ctx context.Context, limit time.Duration, count int) error {
	return wait.Until(ctx, limit, "all containers are healthy", func(ctx context.Context) string {
		all, err := p.Containers(ctx, "")
		if err != nil {
			return err.Error()
		}
		var missing []string
		if len(all) != count {
			missing = append(missing, fmt.Sprintf("there are %d of %d", len(all), count))
		}
		for _, c := range all {
			if c.State != "running" || c.Health != "healthy" {
				missing = append(missing, c.Name+" is "+c.State+" and "+c.Health)
			}
		}
		return strings.Join(missing, ", ")
	})
}

// Kill is kill -9 for a container's process, from outside Docker if that is possible:
// then Docker notices, and restarts it.
func (p *Project) Kill(ctx context.Context, c Container) (how string, err error) {
	if p.Client.Ours {
		pid := 0
		text, err := p.Client.Do(ctx, "inspect", "-f", "{{.State.Pid}}", c.ID)
		if err != nil {
			return "", err
		}
		if _, err := fmt.Sscan(text, &pid); err != nil || pid <= 1 {
			return "", fmt.Errorf("kill %s: it has the process %q", c.Name, text)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return "", fmt.Errorf("kill %s: %w", c.Name, err)
		}
		return "kill -9, and Docker's restart", nil
	}
	// Docker does not restart a container that was killed through it.
	if _, err := p.Client.Do(ctx, "kill", c.ID); err != nil {
		return "", err
	}
	_, err = p.Client.Do(ctx, "start", c.ID)
	return "docker kill, docker start", err
}

// KillCommand is Kill as a line for a shell.
func (p *Project) KillCommand(c Container) string {
	docker := strings.Join(append([]string{"env"}, append(quoted(p.Client.env), "docker")...), " ")
	if p.Client.Ours {
		return fmt.Sprintf(`pid=$(%s inspect -f '{{.State.Pid}}' %s) && test "$pid" -gt 1 && kill -9 "$pid"`, docker, c.ID)
	}
	return fmt.Sprintf("%s kill %s && %s start %s", docker, c.ID, docker, c.ID)
}

// quoted quotes words for a shell.
func quoted(words []string) (all []string) {
	for _, word := range words {
		all = append(all, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	return all
}

// Started returns when a container was started.
func (p *Project) Started(ctx context.Context, c Container) (string, error) {
	return p.Client.Do(ctx, "inspect", "-f", "{{.State.StartedAt}}", c.ID)
}

// Logs returns the end of a container's log.
func (p *Project) Logs(ctx context.Context, c Container) string {
	cmd := p.Client.command(ctx, "docker", "logs", "--tail", "30", c.ID)
	out, _ := cmd.CombinedOutput()
	return string(out)
}
