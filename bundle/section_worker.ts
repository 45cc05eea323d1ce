/** The program of the worker that runs sections in the tab, beside that of the worker which it starts for the runtime. */
import "../tab/section_worker.ts";
