package deploy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// arrows are all permitted connections within the namespace, as in the design's picture.
var arrows = []string{
	"balance > nats:4222", "botworker > nats:4222", "escalation > nats:4222", "gateway > nats:4222", "historyworker > nats:4222", "setup > nats:4222",
	"historyworker > mongo:27017", "mongo-init > mongo:27017",
	"mongo > mongo:27017", "nats > nats:6222",
}

// pagesArrows are those of the role web, where it is.
var pagesArrows = []string{"web > gateway:8080"}

// hasWeb reports whether a variant has the role web.
func hasWeb(variant string) bool { return strings.HasPrefix(variant, "production") }

// doors are the pods that accept connections from outside the namespace, and from whom.
var doors = map[string][]string{
	"local":                  {"anywhere > gateway:8080"},
	"production":             {"namespace traefik > gateway:8080", "namespace traefik > web:8080"},
	"production with keda":   {"namespace traefik > gateway:8080", "namespace traefik > web:8080", "namespace keda > nats:8222"},
	"production with llm":    {"namespace traefik > gateway:8080", "namespace traefik > web:8080"},
	"production with traces": {"namespace traefik > gateway:8080", "namespace traefik > web:8080"},
	"production with csi":    {"namespace traefik > gateway:8080", "namespace traefik > web:8080"},
	"production with disks":  {"namespace traefik > gateway:8080", "namespace traefik > web:8080"},
	"region/eu":              {"anywhere > gateway:8080", "namespace with parley-regions > nats:4222"},
	"region/ap":              {"anywhere > gateway:8080", "namespace with parley-regions > nats:4222"},
}

// exits are the permitted connections out of the namespace, besides DNS.
var exits = map[string][]string{
	"region/eu":           {"gateway > namespace with parley-regions:4222"},
	"region/ap":           {"gateway > namespace with parley-regions:4222"},
	"production with llm": {"botworker > 0.0.0.0/0:443", "botworker > ::/0:443"},
	"production with traces": {
		"botworker > namespace with parley-monitoring:4318", "escalation > namespace with parley-monitoring:4318",
		"gateway > namespace with parley-monitoring:4318", "historyworker > namespace with parley-monitoring:4318",
		"web > namespace with parley-monitoring:4318",
	},
}

// checkNetwork: the policies permit the design's arrows at both ends, and nothing else.
func checkNetwork(variant string) func(*manifests) []string {
	return func(m *manifests) []string {
		var f faults
		if p := m.policies["deny-all"]; p == nil || len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) > 0 ||
			!slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) || !slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress) || len(p.Spec.Ingress)+len(p.Spec.Egress) > 0 {
			f.add("NetworkPolicy deny-all does not deny all")
		}
		f.checkNames(m.policies["dns"])
		f.checkSolver(m)
		out, in, exit, door := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, name := range slices.Sorted(maps.Keys(m.policies)) {
			if name == "deny-all" || name == "dns" {
				continue
			}
			p := m.policies[name]
			of := m.selected(&p.Spec.PodSelector)
			for _, rule := range p.Spec.Egress {
				m.ends(of, rule.To, rule.Ports, func(here workload, there string, peer *workload, port int32) {
					if peer == nil {
						exit[fmt.Sprintf("%s > %s:%d", here.name, there, port)] = true
					} else if hasPort(*peer, portNumber(port)) {
						out[fmt.Sprintf("%s > %s:%d", here.name, peer.name, port)] = true
					}
				})
			}
			for _, rule := range p.Spec.Ingress {
				m.ends(of, rule.From, rule.Ports, func(here workload, there string, peer *workload, port int32) {
					if !hasPort(here, portNumber(port)) {
						return
					}
					if peer == nil {
						door[fmt.Sprintf("%s > %s:%d", there, here.name, port)] = true
					} else {
						in[fmt.Sprintf("%s > %s:%d", peer.name, here.name, port)] = true
					}
				})
			}
		}
		all := arrows
		if hasWeb(variant) {
			all = slices.Concat(arrows, pagesArrows)
		}
		f.compare("who speaks is let out", out, all)
		f.compare("who is spoken to is open", in, all)
		f.compare("exits", exit, exits[variant])
		monitors := []string{"namespace with parley-monitoring > botworker:8081", "namespace with parley-monitoring > escalation:8081", "namespace with parley-monitoring > gateway:8081",
			"namespace with parley-monitoring > historyworker:8081", "namespace with parley-monitoring > nats:8222"}
		if hasWeb(variant) {
			monitors = append(monitors, "namespace with parley-monitoring > web:8081")
		}
		f.compare("doors", door, append(slices.Clone(doors[variant]), monitors...))
		return f
	}
}

// checkSolver: whatever reaches the gateways also reaches the temporary pod with which
// cert-manager proves that the Ingress' name is ours. It is in no manifest.
func (f *faults) checkSolver(m *manifests) {
	if m.ingresses["gateway"] == nil {
		return
	}
	p, door := m.policies["acme"], m.policies["gateway"]
	if p == nil || len(p.Spec.Ingress) != 1 || len(p.Spec.Egress) > 0 || !reflect.DeepEqual(p.Spec.PodSelector.MatchLabels, map[string]string{"acme.cert-manager.io/http01-solver": "true"}) ||
		len(p.Spec.Ingress[0].Ports) != 1 || p.Spec.Ingress[0].Ports[0].Port.IntValue() != 8089 || door == nil || len(door.Spec.Ingress) != 1 || !reflect.DeepEqual(p.Spec.Ingress[0].From, door.Spec.Ingress[0].From) {
		f.add("network: the ingress controller does not reach cert-manager's pod")
	}
}

// checkNames: every pod may query DNS, and this permits nothing else.
func (f *faults) checkNames(p *networkingv1.NetworkPolicy) {
	if p == nil || len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) > 0 || len(p.Spec.Ingress) > 0 || len(p.Spec.Egress) != 1 {
		f.add("NetworkPolicy dns is not one way out for every pod")
		return
	}
	where := map[string]bool{}
	for _, peer := range p.Spec.Egress[0].To {
		for _, port := range p.Spec.Egress[0].Ports {
			at := fmt.Sprintf("%s:%d", *port.Protocol, port.Port.IntValue())
			switch {
			case peer.IPBlock != nil:
				where[peer.IPBlock.CIDR+" "+at] = len(peer.IPBlock.Except) == 1 && peer.IPBlock.Except[0] == "169.254.169.254/32"
			case peer.NamespaceSelector != nil:
				where[namespaceName(peer.NamespaceSelector)+" "+at] = true
			}
		}
	}
	f.compare("names", where, []string{"namespace kube-system UDP:53", "namespace kube-system TCP:53", "169.254.0.0/16 UDP:53", "169.254.0.0/16 TCP:53"})
}

func (f *faults) compare(what string, have map[string]bool, want []string) {
	for _, w := range want {
		if !have[w] {
			f.add("network, %s: %s is missing", what, w)
		}
		delete(have, w)
	}
	for _, h := range slices.Sorted(maps.Keys(have)) {
		f.add("network, %s: %s is not in the design", what, h)
	}
}

// ends calls see for each pair of ends of a rule; peer is nil if the other end is
// outside the namespace.
func (m *manifests) ends(of []workload, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, see func(here workload, there string, peer *workload, port int32)) {
	if len(peers) == 0 {
		peers = []networkingv1.NetworkPolicyPeer{{}}
	}
	numbers := []int32{0} // every port
	if len(ports) > 0 {
		numbers = nil
	}
	for _, p := range ports {
		numbers = append(numbers, p.Port.IntVal)
	}
	for _, here := range of {
		for _, peer := range peers {
			for _, port := range numbers {
				switch {
				case peer.IPBlock != nil:
					see(here, peer.IPBlock.CIDR, nil, port)
				case peer.NamespaceSelector != nil:
					see(here, namespaceName(peer.NamespaceSelector), nil, port)
				case peer.PodSelector != nil:
					for _, w := range m.selected(peer.PodSelector) {
						see(here, "", &w, port)
					}
				default:
					see(here, "anywhere", nil, port)
				}
			}
		}
	}
}

func namespaceName(s *metav1.LabelSelector) string {
	if name := s.MatchLabels["kubernetes.io/metadata.name"]; name != "" {
		return "namespace " + name
	}
	for _, label := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		return "namespace with " + label
	}
	return "any namespace"
}

func portNumber(n int32) intstr.IntOrString { return intstr.FromInt32(n) }
