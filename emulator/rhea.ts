import rhea from "rhea";

/** The one place that loads rhea, an AMQP 1.0 library; `amqp_*.ts` tell what of its inside is leaned on. */
export { rhea };
