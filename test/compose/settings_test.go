package compose

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/parley-chat/parley/pkg/config"
	"github.com/parley-chat/parley/test/compose/internal/composefile"
)

// value returns a variable of a service, empty if it is not set.
func value(s types.ServiceConfig, name string) string {
	if v := s.Environment[name]; v != nil {
		return *v
	}
	return ""
}

// settingsAreKnown: the program reads every setting that a role gets.
func settingsAreKnown(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		for name := range s.Environment {
			if isRole(s) && !slices.Contains(config.Settings(), name) {
				faults = append(faults, fmt.Sprintf("%s: Parley knows no setting %s", s.Name, name))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// ofOneRole are secret settings: no other role gets them.
var ofOneRole = map[string]string{"ADMIN_PASSWORD": "gateway", "TOKEN_KEY": "gateway", "LLM_KEY": "botworker", "MONGO_URL": "historyworker"}

func settingsFitTheRole(p *types.Project) (faults []string) {
	for _, s := range inOrder(p) {
		if !isRole(s) {
			continue
		}
		for secret, owner := range ofOneRole {
			if _, has := s.Environment[secret]; has != (owner == role(s)) {
				faults = append(faults, fmt.Sprintf("%s and %s: %v", s.Name, secret, has))
			}
		}
		if !slices.Equal(s.Command, []string{role(s)}) {
			faults = append(faults, fmt.Sprintf("%s runs the role %v", s.Name, s.Command))
		}
		if value(s, "HEALTH_ADDR") == "" {
			faults = append(faults, s.Name+" has no HEALTH_ADDR, which its check asks")
		}
		if s.Name == "web" {
			faults = append(faults, likeTheGateway(s, p)...)
			continue
		}
		if region(s) != "" && "-"+value(s, "REGION") != region(s) {
			faults = append(faults, fmt.Sprintf("%s is in the region %q", s.Name, value(s, "REGION")))
		}
		for _, name := range []string{"NATS_URL", "NATS_REPLICAS", "REGION", "STREAMS"} {
			if value(s, name) != value(p.Services["gateway"+region(s)], name) {
				faults = append(faults, fmt.Sprintf("%s has another %s than its gateway", s.Name, name))
			}
		}
		if u, err := url.Parse(value(s, "NATS_URL")); err != nil || u.User.String() != "parley:natspassword" || u.Host != "nats"+region(s)+":4222" {
			faults = append(faults, fmt.Sprintf("%s has the NATS_URL %q", s.Name, value(s, "NATS_URL")))
		}
	}
	slices.Sort(faults)
	return faults
}

// likeTheGateway: the role web has the front's settings as the gateway has them, and
// no way to NATS.
func likeTheGateway(s types.ServiceConfig, p *types.Project) (faults []string) {
	for _, name := range []string{"PUBLIC_URL", "BASE_PATH", "ALLOWED_ORIGINS", "TRUSTED_PROXIES", "BOT_NAME"} {
		if have, set := s.Environment[name]; !set || have == nil || *have != value(p.Services["gateway"], name) {
			faults = append(faults, fmt.Sprintf("%s has another %s than the gateway", s.Name, name))
		}
	}
	_, onBus := s.Networks["bus"]
	if _, set := s.Environment["NATS_URL"]; set || onBus {
		faults = append(faults, s.Name+" needs no NATS")
	}
	return faults
}

// embedded are the settings of a Parley without NATS_URL or MONGO_URL, and those for
// a NATS that somebody else runs: here it is ours, on a network of its own.
var embedded = []string{"DATA_DIR", "NATS_SYNC", "DISK_RESERVE", "NATS_CA", "NATS_CREDS", "NATS_NKEY", "NATS_CERT", "NATS_KEY"}

// Every setting can be changed without editing the file.
func TestEverySettingCanBeSet(t *testing.T) {
	p := load(t, read(t, "docker-compose.yml"))
	for _, name := range config.Settings() {
		has := slices.ContainsFunc(inOrder(p), func(s types.ServiceConfig) bool { _, has := s.Environment[name]; return has })
		if has == slices.Contains(embedded, name) {
			t.Errorf("%s in docker-compose.yml: %v", name, has)
		}
	}
}

var variable = regexp.MustCompile(`\$\{([A-Z_]+)(:[-?][^}]*)?\}`)

// .env.example names every variable of the file, with the file's default or none.
func TestTheExampleNamesEveryVariable(t *testing.T) {
	file, example := read(t, "docker-compose.yml"), read(t, ".env.example")
	named := map[string]string{}
	for line := range strings.Lines(example) {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), "=")
		if ok && variable.MatchString("${"+name+"}") {
			named[name] = value
		}
	}
	used := map[string]bool{}
	for _, m := range variable.FindAllStringSubmatch(file, -1) {
		name, rule := m[1], m[2]
		used[name] = true
		value, ok := named[name]
		if !ok {
			t.Errorf(".env.example does not name %s", name)
		}
		if fallback, has := strings.CutPrefix(rule, ":-"); has && fallback != "" && value != fallback {
			t.Errorf("%s is %q in .env.example and %q in the file", name, value, fallback)
		}
		needed := strings.HasPrefix(rule, ":?")
		if uncommented := strings.Contains("\n"+example, "\n"+name+"="); uncommented != needed {
			t.Errorf("%s is required: %v; .env.example has it to fill in: %v", name, needed, uncommented)
		}
	}
	for name := range named {
		if !used[name] {
			t.Errorf(".env.example names %s, which nothing reads", name)
		}
	}
}

// Secrets come from outside, and a missing one is reported in a sentence.
func TestNoSecretIsInTheFile(t *testing.T) {
	file := read(t, "docker-compose.yml")
	for line := range strings.Lines(file) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		secret := regexp.MustCompile(`PASSWORD|KEY$|SECRET|TOKEN`).MatchString(name)
		if ok && secret && !variable.MatchString(value) {
			t.Errorf("a secret is in the file: %s", strings.TrimSpace(line))
		}
		if m := regexp.MustCompile(`://[a-z]+:([^@$]+)@`).FindString(line); m != "" {
			t.Errorf("a secret is in a URL: %s", strings.TrimSpace(line))
		}
	}
	if strings.Contains(read(t, ".env.example"), "PASSWORD=\n") == false {
		t.Error(".env.example has no password to fill in")
	}
	for i, gone := range composefile.Passwords {
		name, _, _ := strings.Cut(gone, "=")
		_, err := composefileLoad(t, file, slices.Delete(slices.Clone(composefile.Passwords), i, i+1))
		if err == nil || !strings.Contains(err.Error(), "give "+name+" a value") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
