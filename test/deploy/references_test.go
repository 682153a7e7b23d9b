package deploy

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// faults collects sentences.
type faults []string

func (f *faults) add(format string, v ...any) { *f = append(*f, fmt.Sprintf(format, v...)) }

// checkMounts: every volume, claim, ConfigMap, Secret and key that a pod mounts exists.
func checkMounts(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		volumes := map[string]bool{}
		for _, name := range w.claims {
			volumes[name] = true
		}
		for _, v := range w.pod.Spec.Volumes {
			volumes[v.Name] = true
			var data map[string]string
			var err error
			var items []corev1.KeyToPath
			switch {
			case v.ConfigMap != nil:
				items = v.ConfigMap.Items
				data, err = m.data(&corev1.ConfigMapEnvSource{LocalObjectReference: v.ConfigMap.LocalObjectReference}, nil)
			case v.Secret != nil:
				items = v.Secret.Items
				data, err = m.data(nil, &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: v.Secret.SecretName}})
			case v.EmptyDir != nil:
			default:
				err = fmt.Errorf("a kind of volume that nobody here knows")
			}
			if err != nil {
				f.add("%s: volume %s: %v", w, v.Name, err)
			}
			for _, item := range items {
				if _, ok := data[item.Key]; !ok {
					f.add("%s: volume %s: there is no key %s", w, v.Name, item.Key)
				}
			}
		}
		used := map[string]bool{}
		for _, c := range append(w.pod.Spec.InitContainers, w.pod.Spec.Containers...) {
			for _, mount := range c.VolumeMounts {
				used[mount.Name] = true
				if !volumes[mount.Name] {
					f.add("%s: mounts %s, which is no volume", w, mount.Name)
				}
			}
		}
		for name := range volumes {
			if !used[name] {
				f.add("%s: volume %s is mounted nowhere", w, name)
			}
		}
	}
	return f
}

// checkSelectors: everything that selects pods finds the pods that it is meant for.
func checkSelectors(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		if w.selector != nil && !w.matches(w.selector) {
			f.add("%s: its selector does not match its own pods", w)
		}
		for _, c := range w.pod.Spec.TopologySpreadConstraints {
			if !w.matches(c.LabelSelector) {
				f.add("%s: a topologySpreadConstraint is about other pods", w)
			}
		}
		for _, term := range apart(w) {
			if !w.matches(term.LabelSelector) {
				f.add("%s: its anti-affinity is about other pods", w)
			}
		}
		if w.kind == "StatefulSet" {
			service := m.services[m.stateful[w.name].Spec.ServiceName]
			if service == nil || service.Spec.ClusterIP != corev1.ClusterIPNone || !w.matches(&metav1.LabelSelector{MatchLabels: service.Spec.Selector}) {
				f.add("%s: serviceName %s is no headless Service of its pods", w, m.stateful[w.name].Spec.ServiceName)
			}
		}
		if account := m.accounts[w.pod.Spec.ServiceAccountName]; account == nil {
			f.add("%s: there is no ServiceAccount %q", w, w.pod.Spec.ServiceAccountName)
		}
	}
	for name, b := range m.budgets {
		if n := len(m.selected(b.Spec.Selector)); n != 1 {
			f.add("PodDisruptionBudget %s is about %d workloads, not one", name, n)
		}
	}
	for name, p := range m.policies {
		if name == "acme" { // meant for cert-manager's pod: checkSolver
			continue
		}
		if len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) > 0 && len(m.selected(&p.Spec.PodSelector)) == 0 {
			f.add("NetworkPolicy %s is about no pods", name)
		}
	}
	return f
}

func apart(w workload) []corev1.PodAffinityTerm {
	a := w.pod.Spec.Affinity
	if a == nil || a.PodAntiAffinity == nil {
		return nil
	}
	terms := a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	for _, t := range a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		terms = append(terms, t.PodAffinityTerm)
	}
	return terms
}

func (m *manifests) selected(s *metav1.LabelSelector) (list []workload) {
	for _, w := range m.workloads() {
		if w.matches(s) {
			list = append(list, w)
		}
	}
	return list
}

// hasPort reports whether a container of the pod listens on the port, by name or number.
func hasPort(w workload, port intstr.IntOrString) bool {
	for _, c := range w.pod.Spec.Containers {
		for _, p := range c.Ports {
			if port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal {
				return true
			}
		}
	}
	return false
}

// checkServices: every Service has pods that listen on its target port, and every
// Ingress leads to an existing Service and certificate.
func checkServices(m *manifests) []string {
	var f faults
	for name, s := range m.services {
		if s.Spec.Selector == nil {
			f.add("Service %s selects no pods", name)
			continue
		}
		pods := m.selected(&metav1.LabelSelector{MatchLabels: s.Spec.Selector})
		if len(pods) != 1 {
			f.add("Service %s is about %d workloads, not one", name, len(pods))
			continue
		}
		for _, p := range s.Spec.Ports {
			if !hasPort(pods[0], p.TargetPort) {
				f.add("Service %s: %s has no port %s", name, pods[0], p.TargetPort.String())
			}
		}
		if s.Spec.Type != "" && s.Spec.Type != corev1.ServiceTypeClusterIP && name != "gateway" {
			f.add("Service %s can be reached from outside", name)
		}
	}
	for name, i := range m.ingresses {
		for _, tls := range i.Spec.TLS {
			if m.secrets[tls.SecretName] == nil {
				f.add("Ingress %s: there is no Secret %s", name, tls.SecretName)
			}
		}
		for _, rule := range i.Spec.Rules {
			for _, p := range rule.HTTP.Paths {
				b := p.Backend.Service
				if !m.hasServicePort(b.Name, b.Port.Name, b.Port.Number) {
					f.add("Ingress %s: path %s leads to port %s%d of Service %s, which is not there", name, p.Path, b.Port.Name, b.Port.Number, b.Name)
				}
			}
		}
	}
	return f
}

// checkWays: what only a gateway answers leads to one, and pages to whoever has them.
func checkWays(m *manifests) []string {
	var f faults
	for name, i := range m.ingresses {
		for _, rule := range i.Spec.Rules {
			for at, services := range map[string][]string{
				"/ws": {"gateway"}, "/ws/agent": {"gateway"}, "/api/config": {"gateway"}, "/api/face.js": {"gateway"},
				"/": {"web", "gateway"}, "/agent": {"web", "gateway"}, "/agent/settings": {"web", "gateway"}, "/widget.js": {"web", "gateway"}, "/apish": {"web", "gateway"},
			} {
				best, to := "", ""
				for _, p := range rule.HTTP.Paths { // the longest prefix, by segments
					if strings.HasPrefix(at+"/", strings.TrimSuffix(p.Path, "/")+"/") && len(p.Path) > len(best) {
						best, to = p.Path, p.Backend.Service.Name
					}
				}
				if !slices.Contains(services, to) {
					f.add("Ingress %s: %s leads to %q, not to %s", name, at, to, services[0])
				}
			}
		}
	}
	return f
}

func (m *manifests) hasServicePort(service, name string, number int32) bool {
	s := m.services[service]
	if s == nil {
		return false
	}
	for _, p := range s.Spec.Ports {
		if name != "" && p.Name == name || number != 0 && p.Port == number {
			return true
		}
	}
	return false
}

// reaches returns nil for the host and port of a Service, or of a StatefulSet's pod, of
// these manifests, and an error for others.
func (m *manifests) reaches(host string, port int32) error {
	short := strings.TrimSuffix(strings.TrimSuffix(host, ".svc.cluster.local"), ".parley")
	pod, service, ofPod := strings.Cut(short, ".")
	if !ofPod {
		service = pod
	}
	if !m.hasServicePort(service, "", port) {
		return fmt.Errorf("%s:%d is no Service here", host, port)
	}
	if !ofPod {
		return nil
	}
	for _, w := range m.workloads() {
		for i := range w.replicas {
			if fmt.Sprintf("%s-%d", w.name, i) == pod && m.stateful[w.name].Spec.ServiceName == service {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is no pod of a StatefulSet here", host)
}
