/*  weir-sim.c - the simulator's command

    weir-sim --seeds A..B       runs these seeds
    weir-sim --seed N           runs one, and prints its events
    weir-sim --soak FILE --seconds N
                                runs seeds for N seconds; the file keeps the
                                next one, the first is random and printed
        --faults N --steps N --processes N --links N    to narrow it down
        --no-shrink             do not shrink a failing run

    A failing run is shrunk as long as it still fails; the last line is the
    command that shows the smallest run. For a run that crashes or hangs, the
    seed is printed.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    HANG_S = 60,       //  a run takes milliseconds
    SOAK_SEEDS = 1000, //  between two looks at the time
    HEAP_BYTES = 1 << 30
};

typedef struct command {
    sim_config_t config;
    uint64_t first, last; //  seeds
    const char *soak_path;
    unsigned soak_s;
    bool whole; //  do not shrink a failing run
} command_t;

static volatile uint64_t running; //  the seed

static void tell_signal (int number)
{
    char text [80];
    int size = snprintf (text, sizeof text, "seed %" PRIu64 " fails: it %s\n",
                         running, number == SIGALRM ? "hangs" : "crashes");
    if (write (STDOUT_FILENO, text, (size_t) size) == size)
        raise (number);
    _exit (EXIT_FAILURE);
}

static void watch_signals (void)
{
    static const int signals [] = {SIGALRM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
    struct sigaction action = {
        .sa_handler = tell_signal,
        .sa_flags = (int) SA_RESETHAND | SA_NODEFER,
    };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction (signals [i], &action, NULL);
}

//  Runs a world. Returns whether the run is good.
static bool run (const sim_config_t *config, sim_result_t *ret_result)
{
    running = config->seed;
    alarm (HANG_S);
    sim_run (config, ret_result);
    alarm (0);
    return ret_result->good;
}

//  Tries a smaller run; keeps it when it fails as well.
static bool try (sim_config_t *config, const sim_config_t *smaller)
{
    sim_result_t result;
    if (run (smaller, &result))
        return false;
    *config = *smaller;
    return true;
}

static void shrink (sim_config_t *config)
{
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (unsigned i = 0; i < SIM_FAULTS; i++) {
            sim_config_t fewer = *config;
            fewer.faults &= ~(1u << i);
            if (fewer.faults != config->faults)
                smaller |= try (config, &fewer);
        }
        sim_config_t less = *config;
        if (less.links > 1 && less.links--)
            smaller |= try (config, &less);
        less = *config;
        if (less.processes > 1 && less.processes--)
            smaller |= try (config, &less);
        for (unsigned steps = 1; steps < config->steps; steps++) {
            less = *config;
            less.steps = steps;
            if (try (config, &less)) {
                smaller = true;
                break;
            }
        }
    }
}

static int show_failure (const command_t *command, sim_config_t *config,
                         sim_result_t *result)
{
    printf ("seed %" PRIu64 " fails: %s\n", config->seed, result->cause);
    fflush (stdout);
    if (command->whole)
        return EXIT_FAILURE;
    config->trace = false;
    shrink (config);
    run (config, result);
    printf ("the smallest run that fails: %s\n", result->cause);
    printf ("weir-sim --seed %" PRIu64
            " --faults %u --steps %u --processes %u --links %u\n",
            config->seed, config->faults, config->steps, config->processes,
            config->links);
    return EXIT_FAILURE;
}

static double now_s (clockid_t clock)
{
    struct timespec now;
    clock_gettime (clock, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static int run_seeds (const command_t *command, uint64_t first, uint64_t last)
{
    sim_result_t sum = {0};
    double begin_s = now_s (CLOCK_PROCESS_CPUTIME_ID);
    uint64_t done = 0;
    for (uint64_t seed = first; seed <= last; seed++, done++) {
        sim_config_t config = command->config;
        sim_result_t result;
        config.seed = seed;
        if (!run (&config, &result))
            return show_failure (command, &config, &result);
        sum.events += result.events;
        sum.operations += result.operations;
        sum.entries += result.entries;
        sum.fault_count += result.fault_count;
    }
    double took_s = now_s (CLOCK_PROCESS_CPUTIME_ID) - begin_s;
    printf ("%" PRIu64 " seeds, %" PRIu64 " events, %" PRIu64
            " operations witnessed, %" PRIu64 " entries, %" PRIu64
            " faults, no violation; %.1f s of one core, %.0f seeds/s, "
            "%.0f events/s\n",
            done, sum.events, sum.operations, sum.entries, sum.fault_count,
            took_s, (double) done / took_s, (double) sum.events / took_s);
    fflush (stdout);
    return EXIT_SUCCESS;
}

//  Reads where the last soak stopped.
static uint64_t load_seed (const char *path)
{
    unsigned long long seed = 0;
    FILE *file = fopen (path, "r");
    if (!file || fscanf (file, "%llu", &seed) != 1)
        seed = (unsigned long long) time (NULL) * SOAK_SEEDS;
    if (file)
        fclose (file);
    return seed;
}

static int soak (const command_t *command)
{
    double end_s = now_s (CLOCK_MONOTONIC) + command->soak_s;
    uint64_t seed = load_seed (command->soak_path);
    printf ("from seed %" PRIu64 "\n", seed);
    int rc = EXIT_SUCCESS;
    while (rc == EXIT_SUCCESS && now_s (CLOCK_MONOTONIC) < end_s) {
        rc = run_seeds (command, seed, seed + SOAK_SEEDS - 1);
        seed += SOAK_SEEDS;
        FILE *file = fopen (command->soak_path, "w");
        bool written = file && fprintf (file, "%" PRIu64 "\n", seed) >= 0;
        if ((file && fclose (file) != 0) || !written) {
            perror (command->soak_path);
            return EXIT_FAILURE;
        }
    }
    return rc;
}

//  Takes an option and its value. Returns false when the option is unknown.
static bool take_option (command_t *command, const char *name,
                         const char *value)
{
    sim_config_t *config = &command->config;
    char *rest;
    uint64_t number = strtoull (value, &rest, 10);
    if (strcmp (name, "--seed") == 0) {
        command->first = command->last = number;
        config->trace = true;
    } else if (strcmp (name, "--seeds") == 0 && strncmp (rest, "..", 2) == 0) {
        command->first = number;
        command->last = strtoull (rest + 2, &rest, 10);
    } else if (strcmp (name, "--faults") == 0)
        config->faults = (unsigned) number;
    else if (strcmp (name, "--steps") == 0)
        config->steps = (unsigned) number;
    else if (strcmp (name, "--processes") == 0)
        config->processes = (unsigned) number;
    else if (strcmp (name, "--links") == 0)
        config->links = (unsigned) number;
    else if (strcmp (name, "--seconds") == 0)
        command->soak_s = (unsigned) number;
    else if (strcmp (name, "--soak") == 0) {
        command->soak_path = value;
        return true;
    } else
        return false;
    return *rest == '\0';
}

static bool read_command (command_t *command, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp (argv [i], "--no-shrink") == 0)
            command->whole = true;
        else if (i + 1 == argc ||
                 !take_option (command, argv [i], argv [i + 1]))
            return false;
        else
            i++;
    const sim_config_t *config = &command->config;
    return (command->soak_path || command->first <= command->last) &&
           config->processes >= 1 && config->processes <= SIM_PROCESSES / 2 &&
           config->links >= 1 && config->links <= SIM_LINKS;
}

int main (int argc, char **argv)
{
    command_t command = {
        .config = {.faults = SIM_ALL, .steps = 20, .processes = 3, .links = 2},
        .first = 1,
        .soak_s = 60,
    };
    if (!read_command (&command, argc, argv)) {
        fputs ("usage: weir-sim --seed N | --seeds A..B [--faults N] "
               "[--steps N]\n"
               "                [--processes N] [--links N] [--no-shrink]\n"
               "       weir-sim --soak FILE [--seconds N]\n",
               stderr);
        return 2;
    }
    watch_signals ();
    //  Large values come and go; this keeps their memory from the kernel.
    mallopt (M_MMAP_THRESHOLD, HEAP_BYTES);
    mallopt (M_TRIM_THRESHOLD, HEAP_BYTES);
    if (command.soak_path)
        return soak (&command);
    return run_seeds (&command, command.first, command.last);
}
