"""What a GAN is here: objectives, penalties, conditionings, architectures, config and presets."""
