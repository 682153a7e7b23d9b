package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/roles"
)

// step is something that a role needs outside its own folder. In file and holds, NAME is
// the role's name, and CONSUMER the name of its durable consumer.
type step struct {
	file  string
	holds string // a regular expression; empty: the file only has to exist
	todo  string
}

var (
	// forEveryRole are the steps of a role, docs/adding-a-capability.md's too.
	forEveryRole = []step{
		{"NAME/doc.go", ``, "give it a package"},
		{"app/units.go", `"NAME": prepare\w+`, "add it to wiring, with a function that prepares a replica"},
		{"test/deploy/permissions/permissions.go", `Name: "NAME"`, "add a User with what it may do on NATS"},
		{"k8s/base/nats/accounts.conf", `user: NAME,`, "generate its permissions: cd test/deploy && go run ./cmd/permissions"},
		{"docs/nats-permissions.md", "(?m)^### `NAME`", "generate its permissions: cd test/deploy && go run ./cmd/permissions"},
		{"k8s/base/NAME.yaml", `(?s)kind: Deployment.*name: NAME\b`, "add a Deployment"},
		{"k8s/base/kustomization.yaml", `- NAME\.yaml`, "add its manifest to the resources"},
		{"k8s/base/network.yaml", `"NAME"`, "add it to those that may reach NATS"},
		{"docker-compose.yml", `(?m)^  NAME:\n(?:    .*\n|\n)*?    command: \[NAME\]`, "add a service"},
		{"k8s/monitoring/podmonitor.yaml", `"NAME"`, "add it to those that are scraped"},
		{"k8s/monitoring/rules/parley.yaml", `absent\(up\{job=~"NAME\|all"\} == 1\)`, "add an alert for when none of it runs"},
		{"k8s/monitoring/rules/parley.yaml", `up\{job=~"[a-z|]*\bNAME\b[a-z|]*"\} == 0`, "add it to ParleyReplicaDown"},
		{"test/monitoring/internal/board/roles.go", `board\{"NAME"`, "describe its dashboard"},
		{"k8s/monitoring/dashboards/NAME.json", ``, "generate its dashboard: cd test/monitoring && go run ./cmd/made"},
		{"k8s/monitoring/kustomization.yaml", `dashboards/NAME\.json`, "add its dashboard"},
		{"web/ops/words.js", `(?m)^  NAME: \{ one:`, "say how people call it"},
		{"web/ops/picture.js", `role\('NAME'\)`, "give it a box in the picture"},
		{"web/ops/ops.css", `\.place-NAME `, "give its box a place"},
		{"docs/settings.md", "`parley NAME`", "add it to the table of roles"},
		{"docs/architecture.md", "(?m)^\\| `NAME` \\|", "add it to the table of roles"},
		{"docs/kubernetes.md", "`NAME`", "say how it is deployed"},
		{"docs/docker.md", "`NAME`", "say how it is deployed"},
	}
	// forEveryConsumer are the steps of each durable consumer of the chat streams.
	forEveryConsumer = []step{
		{"test/deploy/permissions/permissions.go", `working\("[A-Z]+", "CONSUMER"\)`, "let the role take its deliveries"},
		{"k8s/components/keda/NAME.yaml", `consumer: CONSUMER\b`, "scale the role by what waits for it"},
		{"web/ops/words.js", `CONSUMER: 'NAME'`, "say whose dead letters it gave up"},
		{"docs/architecture.md", "durable consumer `CONSUMER`", "say what it hears"},
	}
)

func TestEveryRoleOfTheTableIsEverywhere(t *testing.T) {
	for _, r := range roles.All() {
		for _, fault := range missingSteps(read, r) {
			t.Error(fault)
		}
	}
}

func TestAForgottenStepOfARoleIsNamed(t *testing.T) {
	r := roles.Historyworker
	if faults := missingSteps(func(string) (string, bool) { return "", false }, r); len(faults) != len(forEveryRole)+len(forEveryConsumer) {
		t.Errorf("in an empty tree, %d steps are missing; want all: %q", len(faults), faults)
	}
	r.Name = "translator"
	faults := missingSteps(read, r)
	if len(faults) < len(forEveryRole) {
		t.Errorf("for a role that is nowhere, only these steps are missing: %q", faults)
	}
	for _, fault := range faults {
		if !strings.HasPrefix(fault, "the role translator is not in ") {
			t.Errorf("%q does not say what is missing where", fault)
		}
	}
}

// missingSteps says, for each forgotten step, what to do where.
func missingSteps(read func(file string) (string, bool), r roles.Role) (faults []string) {
	missing := func(s step, consumer string) {
		filled := strings.NewReplacer("NAME", r.Name, "CONSUMER", consumer)
		file := filled.Replace(s.file)
		if text, ok := read(file); !ok || s.holds != "" && !regexp.MustCompile(filled.Replace(s.holds)).MatchString(text) {
			fault := "the role " + r.Name + " is not in " + file + ": " + s.todo
			if consumer != "" {
				fault = "the role " + r.Name + " is not in " + file + " with its consumer " + consumer + ": " + s.todo
			}
			faults = append(faults, fault)
		}
	}
	for _, s := range forEveryRole {
		missing(s, "")
	}
	named := map[string]bool{}
	for _, w := range r.Work {
		if !named[w.Name] {
			named[w.Name] = true
			for _, s := range forEveryConsumer {
				missing(s, w.Name)
			}
		}
	}
	return faults
}

// The operator page describes each kind of work in its own words.
func TestEveryKindOfWorkIsOnTheOperatorPage(t *testing.T) {
	tables, _ := read("web/ops/tables.js")
	picture, _ := read("web/ops/picture.js")
	for _, r := range roles.All() {
		for _, w := range r.Work {
			if !regexp.MustCompile(`WORK = \{.*\b` + w.Key + `: '`).MatchString(tables) {
				t.Errorf("web/ops/tables.js does not say what the work %s of %s is: add it to WORK", w.Key, r.Name)
			}
			if !strings.Contains(picture, "'"+w.Key+"'") {
				t.Errorf("web/ops/picture.js shows the work %s of %s on no arrow", w.Key, r.Name)
			}
		}
	}
}

// read returns a file of the repository.
func read(file string) (text string, ok bool) {
	src, err := os.ReadFile(filepath.Join(root, file))
	return string(src), err == nil
}
