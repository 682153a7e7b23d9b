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
// the role's name, UPPER the same in capitals, and CONSUMER the name of its durable
// consumer.
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
		{".dockerignore", `(?m)^!NAME$`, "let its package into the image"},
		{"test/deploy/permissions/permissions.go", `Name: "NAME"`, "add a User with what it may do on NATS"},
		{"test/deploy/permissions/refusals.go", `by\("NAME", `, "list what it must be refused"},
		{"k8s/base/nats/accounts.conf", `user: NAME,`, "generate its permissions: cd test/deploy && go run ./cmd/permissions"},
		{"docs/nats-permissions.md", "(?m)^### `NAME`", "generate its permissions: cd test/deploy && go run ./cmd/permissions"},
		{"k8s/base/NAME.yaml", `(?s)kind: Deployment.*name: NAME\b`, "add a Deployment"},
		{"k8s/base/kustomization.yaml", `- NAME\.yaml`, "add its manifest to the resources"},
		{"k8s/base/NAME.yaml", `nats-client: "true"`, "let it reach NATS: label its pods nats-client"},
		{"k8s/base/network.yaml", `name: monitoring\n(?:[^-\n].*\n)*?.*values: \[[^\]]*"NAME"`, "let Prometheus reach it: add it to the policy monitoring"},
		{"k8s/components/traces/network.yaml", `values: \[[^\]]*"NAME"`, "let it send traces: add it to the policy traces"},
		{"test/deploy/network_test.go", `"NAME > nats:4222"`, "add its connection to NATS to arrows"},
		{"test/deploy/network_test.go", `"namespace with parley-monitoring > NAME:8081"`, "add the door for Prometheus"},
		{"test/deploy/network_test.go", `"NAME > namespace with parley-monitoring:4318"`, "add its traces to exits"},
		{"test/cluster/cmd/up/manifests.go", `"deployment/NAME"`, "add it to the workloads that must become ready"},
		{"k8s/overlays/local/secrets/nats.env.example", `(?m)^UPPER_PASSWORD=`, "add its password on NATS"},
		{"k8s/overlays/production/secrets/nats.env.example", `(?m)^UPPER_PASSWORD=`, "add its password on NATS"},
		{"docker-compose.yml", `(?m)^  NAME:(?: &NAME)?\n(?:    .*\n|\n)*?    command: \[NAME\]`, "add a service"},
		{"test/compose/file_test.go", `"": "[a-z ]*\bNAME\b`, "add it to what TestProfiles wants without a profile"},
		{"test/compose/image_test.go", `go\.mod go\.sum [a-z. ]*\bNAME\b`, "add it to what TestTheBuildSeesNoSecret lets in"},
		{"docker-compose.yml", `for role in [^;]*\bNAME\b`, "have it scraped: add it to the loop of the service prometheus"},
		{"k8s/monitoring/podmonitor.yaml", `"NAME"`, "add it to those that are scraped"},
		{"k8s/monitoring/rules/parley.yaml", `absent\(up\{job=~"NAME\|all"\} == 1\)`, "add an alert for when none of it runs"},
		{"k8s/monitoring/rules/parley.yaml", `up\{job=~"[a-z|]*\bNAME\b[a-z|]*"\} == 0`, "add it to ParleyReplicaDown"},
		{"k8s/monitoring/rules/parley.yaml", `changes\(process_start_time_seconds\{job=~"[a-z|]*\bNAME\b[a-z|]*"`, "add it to ParleyRestarts"},
		{"test/monitoring/internal/board/roles.go", `board\{"NAME"`, "describe its dashboard"},
		{"test/monitoring/internal/board/board.go", `\[\]board\{[^}]*\bNAME\(\)`, "add its dashboard to All"},
		{"k8s/monitoring/dashboards/NAME.json", ``, "generate its dashboard: cd test/monitoring && go run ./cmd/made"},
		{"k8s/monitoring/kustomization.yaml", `dashboards/NAME\.json`, "add its dashboard"},
		{"web/ops/words.js", `(?m)^  NAME: \{ one:`, "say how people call it"},
		{"web/ops/picture.js", `role\('NAME'\)`, "give it a box in the picture"},
		{"web/ops/ops.css", `\.place-NAME `, "give its box a place"},
		{"web/ops/ops.css", `grid-template-areas:[^;]*[' ]NAME[' ](?s:.*)grid-template-areas:[^;]*[' ]NAME[' ]`, "add its place to both grid-template-areas, wide and narrow"},
		{"docs/settings.md", "`parley NAME`", "add it to the table of roles"},
		{"docs/architecture.md", "(?m)^\\| `NAME` \\|", "add it to the table of roles"},
		{"docs/architecture.md", `\[NAME\]`, "add it to the picture"},
		{"README.md", `\[NAME\b`, "add it to the picture"},
		{"README.md", `(?m)^NAME/ `, "say what its folder holds"},
		{"docs/glossary.md", `(?m)^\| \*\*role\*\* \|.*\bNAME\b`, "add it to what the program can be"},
		{"docs/operations.md", `regex: "\(\?:[a-z|]*\bNAME\b[a-z|]*\);health"`, "have it scraped without the Prometheus Operator, too"},
		{"docs/operations.md", `scale deployment [a-z ]*\bNAME\b[a-z ]* --replicas 0`, "stop it before a restore"},
		{"docs/kubernetes.md", "`NAME`", "say how it is deployed"},
		{"docs/docker.md", "`NAME`", "say how it is deployed"},
	}
	// forARoleApart are the steps of a role that runs without NATS: of those above, the ones
	// that it needs.
	forARoleApart = []step{
		{"NAME/server/doc.go", `is the role NAME`, "give it a package"},
		{"app/units.go", `"NAME": prepare\w+`, "add it to wiring, with a function that prepares a replica"},
		{".dockerignore", `(?m)^!NAME$`, "let its package into the image"},
		{"k8s/components/NAME/NAME.yaml", `(?s)kind: PodDisruptionBudget.*kind: Deployment.*name: NAME\b.*kind: Service\n`, "add a Deployment, a Service and a PodDisruptionBudget"},
		{"k8s/components/NAME/autoscaler.yaml", `name: NAME\b`, "scale it"},
		{"k8s/components/NAME/network.yaml", `app: NAME\b`, "say who it speaks to"},
		{"k8s/overlays/production/kustomization.yaml", `(?m)^  - \.\./\.\./components/NAME$`, "make it a part of production"},
		{"k8s/overlays/production/ingress.yaml", `service: \{ name: NAME,`, "lead browsers to it"},
		{"k8s/base/network.yaml", `name: monitoring\n(?:[^-\n].*\n)*?.*values: \[[^\]]*"NAME"`, "let Prometheus reach it: add it to the policy monitoring"},
		{"k8s/components/traces/network.yaml", `values: \[[^\]]*"NAME"`, "let it send traces: add it to the policy traces"},
		{"test/deploy/network_test.go", `"NAME > gateway:8080"`, "add its connection to the arrows"},
		{"test/deploy/network_test.go", `"namespace with parley-monitoring > NAME:8081"`, "add the door for Prometheus"},
		{"test/deploy/network_test.go", `"NAME > namespace with parley-monitoring:4318"`, "add its traces to exits"},
		{"docker-compose.yml", `(?m)^  NAME:(?: &NAME)?\n(?:    .*\n|\n)*?    command: \[NAME\]`, "add a service"},
		{"test/compose/file_test.go", `"NAME": "NAME"`, "add its profile to TestProfiles"},
		{"docker-compose.yml", `for role in [^;]*\bNAME\b`, "have it scraped: add it to the loop of the service prometheus"},
		{"k8s/monitoring/podmonitor.yaml", `"NAME"`, "add it to those that are scraped"},
		{"k8s/monitoring/rules/parley.yaml", `max\(up\{job="NAME"\}\) == 0`, "add an alert for when none of it runs"},
		{"k8s/monitoring/rules/parley.yaml", `parley_info\{role!="NAME"\} unless`, "it has no connection to NATS to lose"},
		{"k8s/monitoring/rules/parley.yaml", `up\{job=~"[a-z|]*\bNAME\b[a-z|]*"\} == 0`, "add it to ParleyReplicaDown"},
		{"k8s/monitoring/rules/parley.yaml", `changes\(process_start_time_seconds\{job=~"[a-z|]*\bNAME\b[a-z|]*"`, "add it to ParleyRestarts"},
		{"test/monitoring/internal/board/roles.go", `board\{"NAME"`, "describe its dashboard"},
		{"test/monitoring/internal/board/board.go", `\[\]board\{[^}]*\bNAME\(\)`, "add its dashboard to All"},
		{"k8s/monitoring/dashboards/NAME.json", ``, "generate its dashboard: cd test/monitoring && go run ./cmd/made"},
		{"k8s/monitoring/kustomization.yaml", `dashboards/NAME\.json`, "add its dashboard"},
		{"docs/settings.md", "`parley NAME`", "add it to the table of roles"},
		{"docs/architecture.md", "(?m)^\\| `NAME` \\|", "add it to the table of roles"},
		{"docs/architecture.md", `\[NAME\]`, "add it to the picture"},
		{"README.md", `(?m)^NAME/ `, "say what its folder holds"},
		{"docs/glossary.md", `(?m)^\| \*\*role\*\* \|.*\bNAME\b`, "add it to what the program can be"},
		{"docs/operations.md", `regex: "\(\?:[a-z|]*\bNAME\b[a-z|]*\);health"`, "have it scraped without the Prometheus Operator, too"},
		{"docs/kubernetes.md", "`NAME`", "say how it is deployed"},
		{"docs/docker.md", "`NAME`", "say how it is deployed"},
		{"docs/operator-page.md", "`NAME`", "say why the page doesn't show it"},
	}
	// forEveryConsumer are the steps of each durable consumer of the chat streams, and
	// forItsOwn those of one that has handlers, and so dead letters, of its own.
	forEveryConsumer = []step{
		{"test/deploy/permissions/permissions.go", `working\("[A-Z]+", "CONSUMER"\)`, "let the role take its deliveries"},
		{"test/deploy/permissions/permissions.go", `"how far the workers are".*\.INFO\.CHAT\.CONSUMER"`, "let the gateway ask how far it is"},
		{"docs/architecture.md", "durable consumer `CONSUMER`", "say what it hears"},
	}
	forItsOwn = []step{
		{"test/deploy/permissions/permissions.go", `dead letters for the operator page".*"svc\.CONSUMER\.\*"`, "let the gateway have its dead letters tried again"},
		{"k8s/components/keda/kustomization.yaml", `- NAME\.yaml`, "add its ScaledObject to the resources"},
		{"k8s/components/keda/NAME.yaml", `consumer: CONSUMER\b`, "scale the role by what waits for it"},
		{"web/ops/words.js", `CONSUMER: 'NAME'`, "say whose dead letters it gave up"},
	}
)

func TestEveryRoleOfTheTableIsEverywhere(t *testing.T) {
	for _, r := range roles.Every() {
		for _, fault := range missingSteps(read, r) {
			t.Error(fault)
		}
	}
}

func TestAForgottenStepOfARoleIsNamed(t *testing.T) {
	r := roles.Historyworker
	if faults := missingSteps(func(string) (string, bool) { return "", false }, r); len(faults) != len(forEveryRole)+len(forEveryConsumer)+len(forItsOwn) {
		t.Errorf("in an empty tree, %d steps are missing; want all: %q", len(faults), faults)
	}
	if faults := missingSteps(func(string) (string, bool) { return "", false }, roles.Web); len(faults) != len(forARoleApart) {
		t.Errorf("in an empty tree, %d steps of a role apart are missing; want all: %q", len(faults), faults)
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

// A role that stands in one list of a file is still missed in the other.
func TestARoleThatIsInOneListOnlyIsNamed(t *testing.T) {
	for _, c := range []struct{ file, pattern, todo string }{
		{"k8s/base/network.yaml", `(?s)(name: monitoring\n.*)"historyworker", `, "the policy monitoring"},
		{"web/ops/ops.css", `(nats-history) historyworker (history-store)`, "both grid-template-areas"},
		{"web/ops/ops.css", `()'historyworker historyworker' `, "both grid-template-areas"},
		{"docker-compose.yml", `(for role in .*) historyworker`, "the loop of the service prometheus"},
		{"k8s/monitoring/rules/parley.yaml", `(process_start_time_seconds.*)historyworker\|`, "ParleyRestarts"},
		{"k8s/monitoring/rules/parley.yaml", `(up\{.*escalation\|)historyworker\|`, "ParleyReplicaDown"},
		{"test/monitoring/internal/board/board.go", `(\[\]board\{.*), historyworker\(\)`, "to All"},
		{"k8s/overlays/production/secrets/nats.env.example", `()HISTORYWORKER_PASSWORD=`, "its password"},
		{"test/deploy/permissions/permissions.go", `(operator page".*)"svc\.history\.\*", `, "its dead letters"},
		{"test/deploy/permissions/permissions.go", `(how far.*), "[^"]*\.history"`, "how far it is"},
		{"k8s/components/keda/kustomization.yaml", `()- historyworker\.yaml`, "its ScaledObject"},
		{"test/compose/file_test.go", `("": ".*) historyworker`, "TestProfiles"},
		{"test/compose/image_test.go", `(go\.sum .*) historyworker`, "TestTheBuildSeesNoSecret"},
		{"k8s/base/historyworker.yaml", `()nats-client: "true"`, "label its pods nats-client"},
	} {
		without := func(file string) (string, bool) {
			text, ok := read(file)
			if file == c.file {
				text = regexp.MustCompile(c.pattern).ReplaceAllString(text, "$1")
			}
			return text, ok
		}
		if faults := missingSteps(without, roles.Historyworker); len(faults) != 1 || !strings.Contains(faults[0], c.todo) {
			t.Errorf("%s without %s: want one fault, about %s, got %q", c.file, c.pattern, c.todo, faults)
		}
	}
}

// missingSteps says, for each forgotten step, what to do where.
func missingSteps(read func(file string) (string, bool), r roles.Role) (faults []string) {
	missing := func(s step, consumer string) {
		filled := strings.NewReplacer("NAME", r.Name, "UPPER", strings.ToUpper(r.Name), "CONSUMER", consumer)
		file := filled.Replace(s.file)
		if text, ok := read(file); !ok || s.holds != "" && !regexp.MustCompile(filled.Replace(s.holds)).MatchString(text) {
			fault := "the role " + r.Name + " is not in " + file + ": " + s.todo
			if consumer != "" {
				fault = "the role " + r.Name + " is not in " + file + " with its consumer " + consumer + ": " + s.todo
			}
			faults = append(faults, fault)
		}
	}
	steps := forEveryRole
	if r.Apart {
		steps = forARoleApart
	}
	for _, s := range steps {
		missing(s, "")
	}
	named := map[string]bool{}
	for _, w := range r.Work {
		if !named[w.Name] {
			named[w.Name] = true
			for _, s := range forEveryConsumer {
				missing(s, w.Name)
			}
			for _, s := range forItsOwn {
				if w.Beside == "" {
					missing(s, w.Name)
				}
			}
		}
	}
	return faults
}

// The operator page describes each kind of work in its own words.
func TestEveryKindOfWorkIsOnTheOperatorPage(t *testing.T) {
	tables, _ := read("web/ops/words.js")
	picture, _ := read("web/ops/picture.js")
	for _, r := range roles.All() {
		for _, w := range r.Work {
			if !regexp.MustCompile(`WORK = \{.*\b` + w.Key + `'?: '`).MatchString(tables) {
				t.Errorf("web/ops/words.js does not say what the work %s of %s is: add it to WORK", w.Key, r.Name)
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
