// Package arrows lists who may connect to what, as in docs/kubernetes.md, "Who speaks
// to whom": the NetworkPolicies of k8s/base/network.yaml have to allow exactly these
// connections.
package arrows

// Target is a port of a pod, a Service, or an address.
type Target struct {
	Name    string
	App     string // label of the pod; if empty, Address is set
	Address string
	Port    int
}

// DNS and Outside are targets that are not pods of Parley's.
const (
	DNS     = "names"
	Outside = "outside"
)

// Targets are all targets; every probe tries each of them.
func Targets(dns, outside string, outsidePort int) []Target {
	all := []Target{{Name: DNS, Address: dns, Port: 53}, {Name: Outside, Address: outside, Port: outsidePort}, {Name: "gateway:8080", App: "gateway", Port: 8080}}
	for _, role := range []string{"gateway", "botworker", "escalation", "historyworker"} {
		all = append(all, Target{Name: role + ":8081", App: role, Port: 8081})
	}
	for _, port := range []struct {
		name string
		port int
	}{{"nats:4222", 4222}, {"nats:6222", 6222}, {"nats:8222", 8222}} {
		all = append(all, Target{Name: port.name, App: "nats", Port: port.port})
	}
	return append(all, Target{Name: "mongo:27017", App: "mongo", Port: 27017})
}

// Probe is a pod that tries all targets.
type Probe struct {
	Name      string
	Namespace string
	Labels    map[string]string
	Reaches   []string // names of targets; all others must not answer
	Policies  []string // the NetworkPolicies that decide about it
}

// The namespaces of probes outside Parley's own.
const (
	Elsewhere  = "parley-test-elsewhere"
	Monitoring = "parley-test-monitoring"
)

// Probes are all the probes.
var Probes = []Probe{
	{Name: "anybody", Namespace: Elsewhere,
		Reaches: []string{"gateway:8080", DNS, Outside}, Policies: []string{"gateway", "deny-all"}},
	{Name: "prometheus", Namespace: Monitoring,
		Reaches:  []string{"gateway:8080", "gateway:8081", "botworker:8081", "escalation:8081", "historyworker:8081", "nats:8222", DNS, Outside},
		Policies: []string{"monitoring", "gateway"}},
	{Name: "stranger", Namespace: "parley",
		Reaches: []string{DNS}, Policies: []string{"deny-all", "dns"}},
	{Name: "as-gateway", Namespace: "parley", Labels: map[string]string{"app": "gateway", "nats-client": "true"},
		Reaches: []string{"nats:4222", DNS}, Policies: []string{"nats-client", "nats", "dns"}},
	{Name: "as-historyworker", Namespace: "parley", Labels: map[string]string{"app": "historyworker", "nats-client": "true"},
		Reaches: []string{"nats:4222", "mongo:27017", DNS}, Policies: []string{"nats-client", "nats", "mongo-client", "mongo", "dns"}},
	{Name: "as-mongo-init", Namespace: "parley", Labels: map[string]string{"app": "mongo-init"},
		Reaches: []string{"mongo:27017", DNS}, Policies: []string{"mongo-client", "mongo"}},
}
