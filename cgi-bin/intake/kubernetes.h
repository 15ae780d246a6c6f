/* SPDX-License-Identifier: MIT */
/*
 * The webhook of the Kubernetes API server (--audit-webhook-config-file): POST of an EventList of audit.k8s.io/v1 or v1beta1.  The server sends a message again
 * until it is answered with 2xx, and drops it after five times.
 */
#ifndef DAYBOOK_INTAKE_KUBERNETES_H
#define DAYBOOK_INTAKE_KUBERNETES_H

#include "intake/sender.h"

bool kubernetes_read(const struct intake *intake, const struct sender_message *message,
                     struct sender_events *events, struct intake_complaint *complaint);

/* 200 {} */
struct sender_answer kubernetes_answer(struct arena *arena, const struct sender_events *events);

#endif
