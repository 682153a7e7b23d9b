package deploy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// manifests are the objects of one rendered overlay, by kind and name.
type manifests struct {
	namespaces  map[string]*corev1.Namespace
	accounts    map[string]*corev1.ServiceAccount
	services    map[string]*corev1.Service
	configMaps  map[string]*corev1.ConfigMap
	secrets     map[string]*corev1.Secret
	deployments map[string]*appsv1.Deployment
	stateful    map[string]*appsv1.StatefulSet
	jobs        map[string]*batchv1.Job
	cronJobs    map[string]*batchv1.CronJob
	budgets     map[string]*policyv1.PodDisruptionBudget
	policies    map[string]*networkingv1.NetworkPolicy
	ingresses   map[string]*networkingv1.Ingress
	scalers     map[string]*autoscalingv2.HorizontalPodAutoscaler
	keda        map[string]*scaledObject
	classes     map[string]*storagev1.StorageClass
	volumes     map[string]*corev1.PersistentVolume
}

// decode reads YAML documents strictly: an unknown kind is a fault, and so is a field
// that is unknown, misspelled, in the wrong case or repeated.
func decode(text string) (*manifests, []string) {
	m := &manifests{}
	var faults []string
	for _, doc := range strings.Split(text, "\n---\n") {
		if err := m.add(doc); err != nil {
			faults = append(faults, err.Error())
		}
	}
	return m, faults
}

func (m *manifests) add(doc string) error {
	var id metav1.PartialObjectMetadata
	if err := yaml.Unmarshal([]byte(doc), &id); err != nil {
		return err
	}
	var err error
	switch id.APIVersion + " " + id.Kind {
	case "v1 Namespace":
		err = put(&m.namespaces, doc, id)
	case "v1 ServiceAccount":
		err = put(&m.accounts, doc, id)
	case "v1 Service":
		err = put(&m.services, doc, id)
	case "v1 ConfigMap":
		err = put(&m.configMaps, doc, id)
	case "v1 Secret":
		err = put(&m.secrets, doc, id)
	case "apps/v1 Deployment":
		err = put(&m.deployments, doc, id)
	case "apps/v1 StatefulSet":
		err = put(&m.stateful, doc, id)
	case "batch/v1 Job":
		err = put(&m.jobs, doc, id)
	case "batch/v1 CronJob":
		err = put(&m.cronJobs, doc, id)
	case "policy/v1 PodDisruptionBudget":
		err = put(&m.budgets, doc, id)
	case "networking.k8s.io/v1 NetworkPolicy":
		err = put(&m.policies, doc, id)
	case "networking.k8s.io/v1 Ingress":
		err = put(&m.ingresses, doc, id)
	case "autoscaling/v2 HorizontalPodAutoscaler":
		err = put(&m.scalers, doc, id)
	case "storage.k8s.io/v1 StorageClass":
		err = put(&m.classes, doc, id)
	case "v1 PersistentVolume":
		err = put(&m.volumes, doc, id)
	case "keda.sh/v1alpha1 ScaledObject":
		err = put(&m.keda, doc, id)
	default:
		err = fmt.Errorf("a kind that nobody here knows")
	}
	if err != nil {
		return fmt.Errorf("%s %s %s: %w", id.APIVersion, id.Kind, id.Name, err)
	}
	return nil
}

func put[T any](in *map[string]*T, doc string, id metav1.PartialObjectMetadata) error {
	raw, err := yaml.YAMLToJSONStrict([]byte(doc))
	if err != nil {
		return err
	}
	v := new(T)
	strict, err := kjson.UnmarshalStrict(raw, v)
	if err != nil {
		return err
	}
	if len(strict) > 0 {
		return strict[0]
	}
	if *in == nil {
		*in = map[string]*T{}
	}
	if (*in)[id.Name] != nil {
		return fmt.Errorf("there are two")
	}
	(*in)[id.Name] = v
	return nil
}

// workload is anything that has pods.
type workload struct {
	kind, name string
	selector   *metav1.LabelSelector
	pod        corev1.PodTemplateSpec
	claims     []string
	replicas   int // of a StatefulSet
}

func (w workload) String() string { return w.kind + " " + w.name }

func (w workload) matches(s *metav1.LabelSelector) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(w.pod.Labels))
}

// isRole reports whether its pods run the program permanently.
func (w workload) isRole() bool { return w.kind == "Deployment" }

// ends reports whether its pods run to completion.
func (w workload) ends() bool { return w.kind == "Job" || w.kind == "CronJob" }

// container is the main one.
func (w workload) container() corev1.Container { return w.pod.Spec.Containers[0] }

func (m *manifests) workloads() []workload {
	var all []workload
	for _, name := range slices.Sorted(maps.Keys(m.deployments)) {
		d := m.deployments[name]
		all = append(all, workload{kind: "Deployment", name: name, selector: d.Spec.Selector, pod: d.Spec.Template})
	}
	for _, name := range slices.Sorted(maps.Keys(m.stateful)) {
		s := m.stateful[name]
		w := workload{kind: "StatefulSet", name: name, selector: s.Spec.Selector, pod: s.Spec.Template, replicas: 1}
		if s.Spec.Replicas != nil {
			w.replicas = int(*s.Spec.Replicas)
		}
		for _, c := range s.Spec.VolumeClaimTemplates {
			w.claims = append(w.claims, c.Name)
		}
		all = append(all, w)
	}
	for _, name := range slices.Sorted(maps.Keys(m.jobs)) {
		all = append(all, workload{kind: "Job", name: name, pod: m.jobs[name].Spec.Template})
	}
	for _, name := range slices.Sorted(maps.Keys(m.cronJobs)) {
		all = append(all, workload{kind: "CronJob", name: name, pod: m.cronJobs[name].Spec.JobTemplate.Spec.Template})
	}
	return all
}

// environment returns a container's variables, including the values of secrets, and
// the names that serve only to build others.
func (m *manifests) environment(c corev1.Container) (env map[string]string, helpers map[string]bool, faults []string) {
	env, helpers = map[string]string{}, map[string]bool{}
	fault := func(format string, v ...any) { faults = append(faults, fmt.Sprintf(format, v...)) }
	for _, from := range c.EnvFrom {
		data, err := m.data(from.ConfigMapRef, from.SecretRef)
		if err != nil {
			fault("%s: envFrom: %v", c.Name, err)
		}
		maps.Copy(env, data)
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			env[e.Name] = expand(e.Value, env, helpers, func(name string) { fault("%s: %s uses $(%s), which is not set before it", c.Name, e.Name, name) })
			continue
		}
		value, there, err := m.value(*e.ValueFrom)
		if err != nil {
			fault("%s: %s: %v", c.Name, e.Name, err)
		}
		if there {
			env[e.Name] = value
		}
	}
	for _, arg := range append(slices.Clone(c.Command), c.Args...) {
		expand(arg, env, helpers, func(name string) { fault("%s: an argument uses $(%s), which is not set", c.Name, name) })
	}
	return env, helpers, faults
}

// expand replaces $(NAME) as Kubernetes does.
func expand(value string, env map[string]string, used map[string]bool, unknown func(string)) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(value, "$(")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, ")")
		if v, ok := env[name]; closed && ok {
			used[name] = true
			out.WriteString(v)
		} else {
			unknown(name)
		}
		value = after
	}
}

func (m *manifests) value(from corev1.EnvVarSource) (value string, there bool, err error) {
	var data map[string]string
	var key string
	var optional *bool
	switch {
	case from.FieldRef != nil:
		return "of-the-pod", true, nil
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		key, optional = r.Key, r.Optional
		data, err = m.data(&corev1.ConfigMapEnvSource{LocalObjectReference: r.LocalObjectReference}, nil)
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		key, optional = r.Key, r.Optional
		data, err = m.data(nil, &corev1.SecretEnvSource{LocalObjectReference: r.LocalObjectReference})
	default:
		return "", false, fmt.Errorf("a source that nobody here knows")
	}
	if err != nil {
		return "", false, err
	}
	if value, there = data[key]; !there && (optional == nil || !*optional) {
		err = fmt.Errorf("there is no key %s", key)
	}
	return value, there, err
}

func (m *manifests) data(c *corev1.ConfigMapEnvSource, s *corev1.SecretEnvSource) (map[string]string, error) {
	if c != nil {
		if m.configMaps[c.Name] == nil {
			return nil, fmt.Errorf("there is no ConfigMap %s", c.Name)
		}
		return m.configMaps[c.Name].Data, nil
	}
	if m.secrets[s.Name] == nil {
		return nil, fmt.Errorf("there is no Secret %s", s.Name)
	}
	data := map[string]string{}
	for k, v := range m.secrets[s.Name].Data {
		data[k] = string(v)
	}
	return data, nil
}
