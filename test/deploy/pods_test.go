package deploy

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
)

// checkSecurity: no pod may do more than its program needs.
func checkSecurity(m *manifests) []string {
	var f faults
	yes := func(b *bool) bool { return b != nil && *b }
	no := func(b *bool) bool { return b != nil && !*b }
	for _, w := range m.workloads() {
		s := w.pod.Spec.SecurityContext
		if s == nil || !yes(s.RunAsNonRoot) || s.RunAsUser == nil || *s.RunAsUser == 0 {
			f.add("%s: may run as root", w)
		}
		if s == nil || s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
			f.add("%s: has no seccomp profile", w)
		}
		if !no(w.pod.Spec.AutomountServiceAccountToken) {
			f.add("%s: is given a token for Kubernetes", w)
		}
		if a := m.accounts[w.pod.Spec.ServiceAccountName]; a != nil && !no(a.AutomountServiceAccountToken) {
			f.add("ServiceAccount %s: gives its pods a token for Kubernetes", a.Name)
		}
		if w.isRole() && w.pod.Spec.ServiceAccountName != w.name {
			f.add("%s: shares the ServiceAccount %s", w, w.pod.Spec.ServiceAccountName)
		}
		if w.pod.Spec.HostNetwork || w.pod.Spec.HostPID || w.pod.Spec.HostIPC {
			f.add("%s: shares something with its node", w)
		}
		for _, c := range append(w.pod.Spec.InitContainers, w.pod.Spec.Containers...) {
			s := c.SecurityContext
			if s == nil || !no(s.AllowPrivilegeEscalation) || yes(s.Privileged) {
				f.add("%s: %s may gain privileges", w, c.Name)
			}
			if s == nil || !yes(s.ReadOnlyRootFilesystem) {
				f.add("%s: %s may write to its root file system", w, c.Name)
			}
			if s == nil || s.Capabilities == nil || len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" || len(s.Capabilities.Add) > 0 {
				f.add("%s: %s has capabilities", w, c.Name)
			}
		}
	}
	for name, ns := range m.namespaces {
		if ns.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
			f.add("Namespace %s: takes pods that may do more", name)
		}
	}
	return f
}

// checkResources: a pod without requests is put anywhere and evicted first; one without
// limits takes from others.
func checkResources(m *manifests) []string {
	var f faults
	for _, w := range m.workloads() {
		for _, c := range append(w.pod.Spec.InitContainers, w.pod.Spec.Containers...) {
			for _, kind := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
				request, limit := c.Resources.Requests[kind], c.Resources.Limits[kind]
				if request.IsZero() || limit.IsZero() || limit.Cmp(request) < 0 {
					f.add("%s: %s has no %s request and limit that fit", w, c.Name, kind)
				}
			}
		}
		if !w.ends() && len(w.pod.Spec.TopologySpreadConstraints) == 0 {
			f.add("%s: is not spread over nodes and zones", w)
		}
		if w.isRole() {
			f.checkDeadNode(w)
		}
		if w.kind == "StatefulSet" && len(apart(w)) == 0 {
			f.add("%s: its pods may share a node for no reason", w)
		}
		if !w.ends() {
			budgets := 0
			for _, b := range m.budgets {
				if w.matches(b.Spec.Selector) && b.Spec.MaxUnavailable != nil && b.Spec.MaxUnavailable.IntValue() == 1 {
					budgets++
					f.checkUnready(w, b)
				}
			}
			if budgets != 1 {
				f.add("%s: no PodDisruptionBudget lets one go at a time", w)
			}
		}
	}
	return f
}

// checkDeadNode: a role's work on a node that died continues elsewhere within a minute
// after Kubernetes notices; its default is five minutes.
func (f *faults) checkDeadNode(w workload) {
	for _, taint := range []string{corev1.TaintNodeUnreachable, corev1.TaintNodeNotReady} {
		if !slices.ContainsFunc(w.pod.Spec.Tolerations, func(t corev1.Toleration) bool {
			return t.Key == taint && t.Effect == corev1.TaintEffectNoExecute && t.TolerationSeconds != nil && *t.TolerationSeconds <= 60
		}) {
			f.add("%s: stays on a node with the taint %s", w, taint)
		}
	}
}

// checkUnready: a pod that is not ready may be evicted if nothing is lost by that. All
// roles are unready while NATS is down; a server that is unready may hold what the
// others lack.
func (f *faults) checkUnready(w workload, b *policyv1.PodDisruptionBudget) {
	always := b.Spec.UnhealthyPodEvictionPolicy != nil && *b.Spec.UnhealthyPodEvictionPolicy == policyv1.AlwaysAllow
	if w.isRole() && !always {
		f.add("%s: while NATS is away no node can be emptied that has one", w)
	}
	if !w.isRole() && always {
		f.add("%s: one that has not caught up yet does not hold up the next", w)
	}
}

// checkPrunable: an object whose name has kustomize's hash can still be found when
// nothing refers to it any more.
func checkPrunable(m *manifests) []string {
	var f faults
	prunable := func(kind, name string, labels map[string]string) {
		if labels["app.kubernetes.io/part-of"] != "parley" {
			f.add("%s %s: is not found by the label that docs/kubernetes.md prunes by", kind, name)
		}
	}
	for name, s := range m.secrets {
		prunable("Secret", name, s.Labels)
	}
	for name, c := range m.configMaps {
		prunable("ConfigMap", name, c.Labels)
	}
	return f
}

// checkJobs: a Job that has ended is deleted automatically. It can't be changed, so the
// next apply would fail; and the alert on a failed one fires as long as it exists.
func checkJobs(m *manifests) []string {
	var f faults
	goes := func(w string, j batchv1.JobSpec, within int32) {
		if ttl := j.TTLSecondsAfterFinished; ttl == nil || *ttl > within {
			f.add("%s: stays when it has ended", w)
		}
	}
	for name, j := range m.jobs {
		goes("Job "+name, j.Spec, 60)
	}
	for name, c := range m.cronJobs {
		goes("CronJob "+name, c.Spec.JobTemplate.Spec, 3600)
	}
	return f
}

// checkImages: tomorrow's pods run what was tested today.
func checkImages(variant string) func(*manifests) []string {
	return func(m *manifests) []string {
		var f faults
		for _, w := range m.workloads() {
			for _, c := range append(w.pod.Spec.InitContainers, w.pod.Spec.Containers...) {
				name, tag, found := strings.Cut(c.Image[strings.LastIndex(c.Image, "/")+1:], ":")
				local := !strings.HasPrefix(variant, "production") && name == "parley" && tag == "local"
				if !found || tag == "latest" || !local && !strings.ContainsAny(tag, "0123456789") {
					f.add("%s: the image %s is not pinned", w, c.Image)
				}
				if w.isRole() && name != "parley" {
					f.add("%s: runs %s", w, c.Image)
				}
			}
		}
		return f
	}
}

// checkScaling: the number of replicas is left to autoscalers and operators, and a new
// version takes no capacity away.
func checkScaling(m *manifests) []string {
	var f faults
	for name, d := range m.deployments {
		if d.Spec.Replicas != nil {
			f.add("Deployment %s: replicas would undo kubectl scale", name)
		}
		r := d.Spec.Strategy.RollingUpdate
		if d.Spec.Strategy.Type != appsv1.RollingUpdateDeploymentStrategyType || r == nil || r.MaxUnavailable == nil || r.MaxUnavailable.IntValue() != 0 || r.MaxSurge == nil || r.MaxSurge.IntValue() < 1 {
			f.add("Deployment %s: a new version takes capacity away", name)
		}
	}
	scaled := map[string]int{}
	for name, h := range m.scalers {
		if h.Spec.ScaleTargetRef.Kind != "Deployment" || m.deployments[h.Spec.ScaleTargetRef.Name] == nil {
			f.add("HorizontalPodAutoscaler %s: there is no %s %s", name, h.Spec.ScaleTargetRef.Kind, h.Spec.ScaleTargetRef.Name)
		}
		scaled[h.Spec.ScaleTargetRef.Name]++
		if h.Spec.MinReplicas == nil || *h.Spec.MinReplicas < 2 || h.Spec.MaxReplicas <= *h.Spec.MinReplicas {
			f.add("HorizontalPodAutoscaler %s: its bounds leave no room", name)
		}
	}
	for name := range m.keda {
		scaled[name]++
	}
	for name, n := range scaled {
		if n > 1 {
			f.add("Deployment %s: %d autoscalers fight over it", name, n)
		}
	}
	return f
}
