/*  owner.c - an owner of shared objects

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fork.h"
#include "carrier/runtime.h"
#include "client/handle.h"
#include "client/owner.h"
#include "client/links.h"
#include "owner/host.h"

//  Makes an owner's handle. Takes over the host, and stops it on failure.
static weir_owner_t *make_handle (weir__host_t *host, const char *path)
{
    weir_owner_t *self = calloc (1, sizeof *self);
    if (self) {
        self->host = host;
        self->generation = weir__generation ();
        self->remote = weir__remote_attach (path);
        if (self->remote)
            return self;
        free (self);
    } else
        weir__fail (ENOMEM, "out of memory");
    weir__host_stop (&host);
    return NULL;
}

weir_owner_t *weir_owner_new (const char *name)
{
    weir__host_t *host = weir__host_process (name);
    return host ? make_handle (host, weir__host_path (host)) : NULL;
}

weir_owner_t *weir_owner_new_thread (const char *name)
{
    weir__host_t *host = weir__host_thread (name);
    return host ? make_handle (host, weir__host_path (host)) : NULL;
}

weir_owner_t *weir_owner_open (const char *name)
{
    char path [WEIR__PATH_SIZE];
    if (!name)
        return weir__fail_null (EINVAL,
                                "weir_owner_open: name must not be NULL");
    if (weir__runtime_path (name, path) != 0)
        return NULL;
    weir_owner_t *self = make_handle (NULL, path);
    if (!self && errno == ENOENT)
        weir__fail (
            ENOENT,
            "owner '%s': it does not run; start it with `weir serve %s`", name,
            name);
    return self;
}

void weir_owner_destroy (weir_owner_t **self_p)
{
    weir_owner_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    *self_p = NULL;
    if (self->host && self->generation == weir__generation ())
        weir__remote_end (self->remote);
    weir__host_stop (&self->host);
    weir__links_release (self->remote);
    free (self);
}

int weir_owner_serve (const char *name, int stop_fd,
                      void (*serving) (const char *path))
{
    if (fcntl (stop_fd, F_GETFD) == -1)
        return weir__fail (EINVAL, "weir_owner_serve: stop_fd %d is not open",
                           stop_fd);
    return weir__host_serve (name, stop_fd, serving);
}

const char *weir_owner_name (const weir_owner_t *self)
{
    weir__remote_t *remote = weir__owner_remote (self);
    return remote ? strrchr (weir__remote_path (remote), '/') + 1 : NULL;
}

pid_t weir_owner_pid (const weir_owner_t *self)
{
    weir__remote_t *remote = weir__owner_remote (self);
    return remote ? weir__remote_pid (remote) : -1;
}

int weir_owner_objects (weir_owner_t *self, weir_value_t *ret_objects)
{
    weir__remote_t *remote = weir__owner_remote (self);
    if (!remote)
        return -1;
    if (!ret_objects)
        return weir__fail (EINVAL,
                           "weir_owner_objects: ret_objects must not be NULL");
    weir__operation_t ask = {.op = WEIR__DIRECTORY_LIST, .timeout_ms = -1};
    return weir__links_call (remote, &ask, ret_objects);
}
