package deploy

import (
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// ofTheRuntime are the variables that Go itself reads.
var ofTheRuntime = map[string]bool{"GOMEMLIMIT": true}

var helpText = sync.OnceValues(func() (string, error) {
	dir, err := programFolder()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(dir+"/parley", "help").Output()
	return string(out), err
})

// settings are the names that the program reads, as parley help lists them.
func settings(t testing.TB) map[string]bool {
	t.Helper()
	text, err := helpText()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 && strings.HasPrefix(line, "  ") && words[0] == strings.ToUpper(words[0]) {
			names[words[0]] = true
		}
	}
	if !names["NATS_URL"] || !names["DRAIN_TIME"] {
		t.Fatalf("parley help no longer lists the settings:\n%s", text)
	}
	return names
}

// checkEnvironment: everything that a container's environment refers to exists, and the
// program knows every name in it.
func checkEnvironment(known map[string]bool) func(*manifests) []string {
	return func(m *manifests) []string {
		var f faults
		for _, w := range m.workloads() {
			for _, c := range w.pod.Spec.Containers {
				env, helpers, missing := m.environment(c)
				for _, fault := range missing {
					f.add("%s: %s", w, fault)
				}
				if !strings.Contains(c.Image, "parley:") {
					continue
				}
				for name := range env {
					if !known[name] && !helpers[name] && !ofTheRuntime[name] {
						f.add("%s: Parley knows no setting %s", w, name)
					}
				}
			}
		}
		return f
	}
}

// checkAddresses: every address in the environment is one of these Services or pods.
func checkAddresses(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		env, _, _ := m.environment(w.container())
		for _, name := range []string{"NATS_URL", "MONGO_URL"} {
			if env[name] == "" {
				continue
			}
			u, hosts, err := parseURL(env[name])
			if err != nil {
				f.add("%s: %s: %v", w, name, err)
				continue
			}
			if _, ok := u.User.Password(); !ok {
				f.add("%s: %s has no password", w, name)
			}
			if name == "NATS_URL" && u.Scheme != "tls" {
				f.add("%s: %s is not by TLS", w, name)
			}
			for _, host := range hosts {
				f.check(m, w, name, host)
			}
		}
		if at, ok := env["GATEWAY_URL"]; ok {
			f.check(m, w, "GATEWAY_URL", strings.TrimPrefix(at, "http://"))
		}
		for _, host := range strings.FieldsFunc(env["MONGO_MEMBERS"], func(r rune) bool { return r == ',' }) {
			f.check(m, w, "MONGO_MEMBERS", host)
		}
	}
	return f
}

func (f *faults) check(m *manifests, w workload, name, address string) {
	host, port, err := net.SplitHostPort(address)
	n, portErr := strconv.ParseInt(port, 10, 32)
	if err == nil {
		err = portErr
	}
	if err == nil {
		err = m.reaches(host, int32(n))
	}
	if err != nil {
		f.add("%s: %s: %v", w, name, err)
	}
}

// parseURL parses a URL whose host is a list.
func parseURL(s string) (*url.URL, []string, error) {
	scheme, rest, _ := strings.Cut(s, "://")
	user, rest, _ := strings.Cut(rest, "@")
	list, path, _ := strings.Cut(rest, "/")
	u, err := url.Parse(fmt.Sprintf("%s://%s@x/%s", scheme, user, path))
	return u, strings.Split(list, ","), err
}

// checkProbes: each role has three different probes, at a port on which the program
// serves.
func checkProbes(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		c := w.container()
		if w.ends() {
			continue
		}
		if c.StartupProbe == nil || c.LivenessProbe == nil || c.ReadinessProbe == nil {
			f.add("%s: a probe is missing", w)
			continue
		}
		probes := map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe}
		for kind, p := range probes {
			for _, port := range portsOf(p) {
				if !hasPort(w, port) {
					f.add("%s: the %s probe asks at port %s, which is none of its ports", w, kind, port.String())
				}
			}
		}
		patience := c.StartupProbe.PeriodSeconds * c.StartupProbe.FailureThreshold
		if w.name == "nats" && patience < 6*3600 {
			f.add("%s: a node that copies its streams is ended every %d s", w, patience)
		}
		if !w.isRole() {
			continue
		}
		env, _, _ := m.environment(c)
		for _, p := range c.Ports {
			setting := "HEALTH_ADDR"
			if p.Name == "http" {
				setting = "ADDR"
			}
			if env[setting] != fmt.Sprintf(":%d", p.ContainerPort) {
				f.add("%s: has port %d, but %s is %q", w, p.ContainerPort, setting, env[setting])
			}
		}
		// Not at the gateway's other port: a client that holds all connections there
		// would get it killed.
		for kind, path := range map[string]string{"startup": "/readyz", "liveness": "/healthz", "readiness": "/readyz"} {
			if h := probes[kind].HTTPGet; h == nil || h.Path != path || h.Port.String() != "health" {
				f.add("%s: the %s probe does not ask %s at the port health", w, kind, path)
			}
		}
		if patience < 600 {
			f.add("%s: while NATS is away it is ended every %d s; it waits by itself", w, patience)
		}
	}
	return f
}

func portsOf(p *corev1.Probe) []intstr.IntOrString {
	switch {
	case p.HTTPGet != nil:
		return []intstr.IntOrString{p.HTTPGet.Port}
	case p.TCPSocket != nil:
		return []intstr.IntOrString{p.TCPSocket.Port}
	}
	return nil
}

// How long a process takes to end after its signal, in addition to its setting.
const (
	gatewayRest = 7 * time.Second  // 2 s for clients to close, 5 s for HTTP
	workerRest  = 15 * time.Second // calls 3.5 s, deliveries given back, notes 4 s, and a margin
	modelTime   = time.Minute      // botworker/llm's limit for one answer
)

// checkGrace: no process is killed while it is still shutting down.
func checkGrace(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		if !w.isRole() {
			continue
		}
		c := w.container()
		var before time.Duration
		if c.Lifecycle != nil && c.Lifecycle.PreStop != nil {
			p := c.Lifecycle.PreStop
			if p.Sleep == nil {
				f.add("%s: its preStop needs a program that the image does not have", w)
				continue
			}
			before = time.Duration(p.Sleep.Seconds) * time.Second
		}
		need := before + workerRest
		env, _, _ := m.environment(c)
		drain, err := time.ParseDuration(env["DRAIN_TIME"])
		switch w.name {
		case "gateway":
			if err != nil || drain == 0 || before == 0 {
				f.add("%s: nothing says how it drains (preStop %v, DRAIN_TIME %q)", w, before, env["DRAIN_TIME"])
			}
			need = before + drain + gatewayRest
		case "botworker":
			if err != nil || drain < modelTime {
				f.add("%s: drops what a model is asked (DRAIN_TIME %q, which may take %v)", w, env["DRAIN_TIME"], modelTime)
			}
			need += drain
		}
		var grace time.Duration
		if g := w.pod.Spec.TerminationGracePeriodSeconds; g != nil {
			grace = time.Duration(*g) * time.Second
		}
		if grace < need {
			f.add("%s: is killed after %v, but may need %v", w, grace, need)
		}
	}
	return f
}
